-- name: AddSession :exec
INSERT INTO session (hash, person, circle, created, expires, last_used, browser) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: Session :one
SELECT * FROM session WHERE hash = ?;

-- name: UseSession :execrows
UPDATE session SET last_used = ? WHERE hash = ?;

-- name: SetSessionCircle :execrows
UPDATE session SET circle = ? WHERE hash = ?;

-- name: RemoveSession :exec
DELETE FROM session WHERE hash = ?;

-- name: RemoveSessions :exec
DELETE FROM session WHERE person = ?;

-- name: RemoveExpiredSessions :exec
DELETE FROM session WHERE expires <= ?;
