-- name: Person :one
SELECT * FROM person WHERE id = ?;

-- name: PersonByLogin :one
SELECT * FROM person WHERE login = ?;

-- name: People :many
SELECT * FROM person ORDER BY id;

-- name: Memberships :many
SELECT person, circle FROM membership ORDER BY id;

-- name: CirclesOf :many
SELECT circle FROM membership WHERE person = ? ORDER BY id;

-- name: AddPerson :one
INSERT INTO person (login, name, role, password_hash, disabled) VALUES (?, ?, ?, ?, ?) RETURNING id;

-- name: SetPassword :execrows
UPDATE person SET password_hash = ? WHERE id = ?;

-- name: SetDisabled :execrows
UPDATE person SET disabled = ? WHERE id = ?;

-- name: Circles :many
SELECT * FROM circle ORDER BY slot;

-- name: AddCircle :exec
INSERT INTO circle (code, label, name, kind, slot) VALUES (?, ?, ?, ?, ?);

-- name: Join :exec
INSERT INTO membership (person, circle) VALUES (?, ?) ON CONFLICT (person, circle) DO NOTHING;

-- name: Leave :execrows
DELETE FROM membership WHERE person = ? AND circle = ?;

-- name: LeaveSessions :exec
UPDATE session SET circle = '' WHERE person = ? AND circle = ?;
