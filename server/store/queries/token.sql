-- name: AddToken :one
INSERT INTO token (person, hash, name, scope, created, expires, last_used, withdrawn)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: Tokens :many
SELECT * FROM token WHERE person = ? ORDER BY id;

-- name: TokenByHash :one
SELECT * FROM token WHERE hash = ?;

-- name: UseToken :execrows
UPDATE token SET last_used = ? WHERE id = ?;

-- name: WithdrawToken :execrows
UPDATE token SET withdrawn = CASE withdrawn WHEN 0 THEN sqlc.arg(withdrawn) ELSE withdrawn END
WHERE id = sqlc.arg(id) AND person = sqlc.arg(person);
