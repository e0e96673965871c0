-- name: AddMerging :one
INSERT INTO merging (resolution, target, begun, begun_by, done, abandoned, commit_id, sentence)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: Merging :one
SELECT * FROM merging WHERE id = ?;

-- name: Mergings :many
SELECT * FROM merging WHERE resolution = ? ORDER BY id;

-- name: UpdateMerging :execrows
UPDATE merging SET target = ?, done = ?, abandoned = ?, commit_id = ?, sentence = ?, taken_back = ?, taken_back_commit = ? WHERE id = ?;

-- name: AddMergingSubmission :exec
INSERT INTO merging_submission (merging, position, proposal, n) VALUES (?, ?, ?, ?);

-- name: RemoveMergingSubmissions :exec
DELETE FROM merging_submission WHERE merging = ?;

-- name: MergingSubmissions :many
SELECT submission.* FROM merging_submission
JOIN submission ON submission.proposal = merging_submission.proposal AND submission.n = merging_submission.n
WHERE merging_submission.merging = ? ORDER BY merging_submission.position;

-- name: Decide :exec
INSERT INTO decision (merging, key, settlement, person, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (merging, key) DO UPDATE SET settlement = excluded.settlement, person = excluded.person, at = excluded.at;

-- name: TakeBack :execrows
DELETE FROM decision WHERE merging = ? AND key = ?;

-- name: Decisions :many
SELECT * FROM decision WHERE merging = ? ORDER BY at, key;

-- name: LeaveOut :exec
INSERT INTO left_out (merging, proposal, n, key, person, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: TakeIn :execrows
DELETE FROM left_out WHERE merging = ? AND proposal = ? AND n = ? AND key = ?;

-- name: LeftOut :many
SELECT * FROM left_out WHERE merging = ? ORDER BY at, proposal, key;

-- name: Agree :exec
INSERT INTO agreement (resolution, question, circle, answer, person, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (resolution, question, circle) DO UPDATE SET answer = excluded.answer, person = excluded.person, at = excluded.at;

-- name: Disagree :execrows
DELETE FROM agreement WHERE resolution = ? AND question = ? AND circle = ?;

-- name: Agreements :many
SELECT * FROM agreement WHERE resolution = ? ORDER BY question, circle;
