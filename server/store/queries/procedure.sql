-- name: Procedure :one
SELECT * FROM procedure WHERE proposal = ?;

-- name: PutProcedure :exec
INSERT INTO procedure (proposal, declared, drafting, referred, referred_by) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (proposal) DO UPDATE SET
    declared = excluded.declared, drafting = excluded.drafting, referred = excluded.referred, referred_by = excluded.referred_by;

-- name: Sponsors :many
SELECT * FROM sponsor WHERE proposal = ? ORDER BY id;

-- name: AddSponsor :exec
INSERT INTO sponsor (proposal, circle, joined, person) VALUES (?, ?, ?, ?);

-- name: EndSponsor :execrows
UPDATE sponsor SET ended = sqlc.arg(ended) WHERE proposal = sqlc.arg(proposal) AND circle = sqlc.arg(circle) AND ended = 0;
