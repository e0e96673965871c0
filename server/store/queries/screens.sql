-- name: AddComment :one
INSERT INTO comment (resolution, text, thread, clause, clause_name, quote, audience, person, circle, at, words)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: Comment :one
SELECT * FROM comment WHERE id = ?;

-- name: Comments :many
SELECT * FROM comment WHERE resolution = ? ORDER BY id;

-- name: SetCommentResolved :execrows
UPDATE comment SET resolved = ?, resolved_by = ? WHERE id = ? AND thread = 0;

-- name: Anchors :many
SELECT * FROM anchor WHERE room = ? ORDER BY id;

-- name: PutAnchor :exec
INSERT INTO anchor (room, id, version, start, stop, quote, orphaned) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (room, id) DO UPDATE SET version = excluded.version, start = excluded.start, stop = excluded.stop,
    quote = excluded.quote, orphaned = excluded.orphaned;

-- name: RemoveAnchor :exec
DELETE FROM anchor WHERE room = ? AND id = ?;

-- name: PutStance :exec
INSERT INTO stance (resolution, block, circle, supports, reason, person, at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (resolution, block, circle) DO UPDATE SET supports = excluded.supports, reason = excluded.reason,
    person = excluded.person, at = excluded.at;

-- name: RemoveStance :execrows
DELETE FROM stance WHERE resolution = ? AND block = ? AND circle = ?;

-- name: Stances :many
SELECT * FROM stance WHERE resolution = ? ORDER BY at, circle;
