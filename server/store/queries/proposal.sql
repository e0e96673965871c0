-- name: Proposals :many
SELECT * FROM proposal WHERE resolution = ? ORDER BY id;

-- name: Proposal :one
SELECT * FROM proposal WHERE resolution = ? AND circle = ? AND name = ?;

-- name: AddProposal :one
INSERT INTO proposal (resolution, circle, name, number, status, base, begun, begun_by, submissions, submitted, submitted_at, reason, working_name)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: UpdateProposal :execrows
UPDATE proposal SET number = ?, status = ?, base = ?, submissions = ?, submitted = ?, submitted_at = ?, reason = ?,
    working_name = ?
WHERE id = ?;

-- name: AddSubmission :exec
INSERT INTO submission (proposal, n, commit_id, base, at, person) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (proposal, n) DO NOTHING;

-- name: Submission :one
SELECT * FROM submission WHERE proposal = ? AND n = ?;

-- name: Submissions :many
SELECT * FROM submission WHERE proposal = ? ORDER BY n;
