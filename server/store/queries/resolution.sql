-- name: Assembly :one
SELECT * FROM assembly WHERE id = 1;

-- name: SetAssembly :exec
INSERT INTO assembly (id, code, name, meeting, open, deadline, zone) VALUES (1, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, meeting = excluded.meeting,
    open = excluded.open, deadline = excluded.deadline, zone = excluded.zone;

-- name: Resolutions :many
SELECT * FROM resolution ORDER BY id;

-- name: Resolution :one
SELECT * FROM resolution WHERE slug = ?;

-- name: AddResolution :exec
INSERT INTO resolution (slug, number, title, edition, created, changed) VALUES (?, ?, ?, ?, ?, ?);

-- name: UpdateResolution :execrows
UPDATE resolution SET number = ?, title = ?, edition = ?, changed = ? WHERE slug = ?;

-- name: AddActivity :exec
INSERT INTO activity (at, resolution, draft_circle, draft_name, person, circle, verb, detail, private)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: Activity :many
SELECT * FROM activity WHERE resolution = ? ORDER BY id DESC LIMIT ?;

-- name: AllActivity :many
SELECT * FROM activity ORDER BY id DESC LIMIT ?;
