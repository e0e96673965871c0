-- name: UpdatePerson :execrows
UPDATE person SET name = ?, role = ? WHERE id = ?;

-- name: WithdrawTokens :exec
UPDATE token SET withdrawn = sqlc.arg(withdrawn) WHERE person = sqlc.arg(person) AND withdrawn = 0;

-- name: SessionsOf :many
SELECT * FROM session WHERE person = ? AND expires > ? ORDER BY last_used DESC;

-- name: RemoveSessionOf :execrows
DELETE FROM session WHERE person = ? AND hash = ?;

-- name: RemoveOtherSessions :exec
DELETE FROM session WHERE person = ? AND hash <> ?;

-- name: AddInvitation :exec
INSERT INTO invitation (hash, person, created, expires) VALUES (?, ?, ?, ?);

-- name: Invitation :one
SELECT * FROM invitation WHERE hash = ?;

-- name: InvitedPeople :many
SELECT * FROM invitation WHERE person IS NOT NULL;

-- name: RemoveInvitation :execrows
DELETE FROM invitation WHERE hash = ?;

-- name: RemoveInvitationsOf :exec
DELETE FROM invitation WHERE person = ?;

-- name: RemoveFirstInvitations :exec
DELETE FROM invitation WHERE person IS NULL;

-- name: AddExtension :one
INSERT INTO extension (circle, resolution, until, reason, given, given_by) VALUES (?, ?, ?, ?, ?, ?) RETURNING id;

-- name: Extensions :many
SELECT * FROM extension ORDER BY id;

-- name: EndExtension :execrows
UPDATE extension SET ended = sqlc.arg(ended) WHERE id = sqlc.arg(id) AND ended = 0;

-- name: AddAudit :exec
INSERT INTO audit (at, person, name, circle, act, subject, detail, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: Audit :many
SELECT * FROM audit
WHERE (CAST(sqlc.arg(before_id) AS INTEGER) = 0 OR id < CAST(sqlc.arg(before_id) AS INTEGER))
  AND (CAST(sqlc.arg(act) AS TEXT) = '' OR act = CAST(sqlc.arg(act) AS TEXT))
  AND at >= CAST(sqlc.arg(since) AS INTEGER)
  AND (CAST(sqlc.arg(until) AS INTEGER) = 0 OR at < CAST(sqlc.arg(until) AS INTEGER))
  AND (CAST(sqlc.arg(words) AS TEXT) = ''
    OR instr(lower(name || ' ' || circle || ' ' || subject || ' ' || detail || ' ' || address), CAST(sqlc.arg(words) AS TEXT)) > 0)
ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: AuditActs :many
SELECT DISTINCT act FROM audit ORDER BY act;
