-- name: CommentsRead :many
SELECT r.thread, r.upto FROM comment_read r JOIN comment c ON c.id = r.thread WHERE r.person = ? AND c.resolution = ?;

-- name: SetCommentRead :exec
INSERT INTO comment_read (person, thread, upto) VALUES (?, ?, ?)
ON CONFLICT (person, thread) DO UPDATE SET upto = max(upto, excluded.upto);
