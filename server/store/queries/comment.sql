-- name: CommentsRead :many
SELECT r.thread, r.upto FROM comment_read r JOIN comment c ON c.id = r.thread WHERE r.person = ? AND c.resolution = ?;

-- name: SetCommentRead :exec
INSERT INTO comment_read (person, thread, upto) VALUES (?, ?, ?)
ON CONFLICT (person, thread) DO UPDATE SET upto = max(upto, excluded.upto);

-- name: CommentedSince :many
SELECT DISTINCT resolution, text FROM comment WHERE id > ? ORDER BY resolution, text;

-- name: LastComment :one
SELECT id FROM comment ORDER BY id DESC LIMIT 1;

-- name: Digest :one
SELECT * FROM digest WHERE person = ?;

-- name: SetDigestOff :exec
INSERT INTO digest (person, off) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET off = excluded.off;

-- name: SetDigestUpTo :exec
INSERT INTO digest (person, upto) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET upto = excluded.upto;
