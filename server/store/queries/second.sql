-- name: SecondStep :one
SELECT second_key, second_since, second_used FROM person WHERE id = ?;

-- name: SetSecondKey :execrows
UPDATE person SET second_key = sqlc.arg(key), second_since = sqlc.arg(since), second_used = sqlc.arg(used) WHERE id = sqlc.arg(id);

-- name: UseSecondCode :execrows
UPDATE person SET second_used = sqlc.arg(interval) WHERE id = sqlc.arg(id) AND second_used < sqlc.arg(interval);

-- name: AddRecoveryCode :exec
INSERT INTO recovery_code (hash, person) VALUES (?, ?);

-- name: UseRecoveryCode :execrows
DELETE FROM recovery_code WHERE hash = ? AND person = ?;

-- name: RemoveRecoveryCodes :exec
DELETE FROM recovery_code WHERE person = ?;

-- name: CountRecoveryCodes :one
SELECT count(*) FROM recovery_code WHERE person = ?;

-- name: PersonByEmail :one
SELECT * FROM person WHERE email = ? AND email <> '';

-- name: SetEmail :execrows
UPDATE person SET email = ? WHERE id = ?;

-- name: PersonByIdentity :one
SELECT person.* FROM person JOIN identity ON identity.person = person.id WHERE identity.issuer = ? AND identity.subject = ?;

-- name: AddIdentity :exec
INSERT INTO identity (issuer, subject, person, since) VALUES (?, ?, ?, ?);

-- name: Identities :many
SELECT * FROM identity WHERE person = ? ORDER BY since;

-- name: RemoveIdentities :exec
DELETE FROM identity WHERE person = ? AND issuer = ?;
