-- name: ForgetPerson :execrows
UPDATE person SET login = sqlc.arg(login), email = '', password_hash = '', second_key = '', second_since = 0, second_used = 0, disabled = 1
WHERE id = sqlc.arg(id);

-- name: ForgetMemberships :exec
DELETE FROM membership WHERE person = ?;

-- name: ForgetTokens :exec
DELETE FROM token WHERE person = ?;

-- name: ForgetIdentities :exec
DELETE FROM identity WHERE person = ?;
