-- name: AddReceived :one
INSERT INTO received (resolution, circle, person, name, size, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id;

-- name: AddReceivedFile :exec
INSERT INTO received_file (received, content) VALUES (?, ?);

-- name: Received :one
SELECT * FROM received WHERE id = ?;

-- name: ReceivedFile :one
SELECT content FROM received_file WHERE received = ?;

-- name: ReceivedFor :many
SELECT * FROM received WHERE resolution = ? AND circle = ? ORDER BY id;

-- name: ReceivedOutcomes :many
SELECT * FROM received_outcome WHERE received = ? ORDER BY part;

-- name: AddReceivedOutcome :exec
INSERT INTO received_outcome (received, part, became) VALUES (?, ?, ?);

-- name: RemoveReceived :execrows
DELETE FROM received WHERE id = ? AND NOT EXISTS (SELECT 1 FROM received_outcome o WHERE o.received = received.id);

-- name: ReceivedWaiting :one
SELECT cast(coalesce(sum(size), 0) AS INTEGER) FROM received
WHERE circle = ? AND NOT EXISTS (SELECT 1 FROM received_outcome o WHERE o.received = received.id);

-- name: ReceivedThatBecame :one
SELECT received.* FROM received JOIN received_outcome o ON o.received = received.id
WHERE received.resolution = ? AND received.circle = ? AND o.became = ? ORDER BY received.id LIMIT 1;
