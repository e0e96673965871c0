-- +goose Up
-- What a proposal goes through beside its text: the action its delegation has declared, and the drafting group that the
-- chair has referred it to.
CREATE TABLE procedure (
    proposal    INTEGER NOT NULL PRIMARY KEY REFERENCES proposal (id),
    declared    TEXT    NOT NULL DEFAULT '' CHECK (declared IN ('', 'MOD', 'ADD', 'SUP', 'NOC')),
    drafting    TEXT    REFERENCES circle (code), -- NULL: no group
    referred    INTEGER NOT NULL DEFAULT 0,
    referred_by INTEGER REFERENCES person (id)
) STRICT;

-- Delegations that stand behind a proposal beside the one it is of. One that leaves stays on record.
CREATE TABLE sponsor (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    proposal INTEGER NOT NULL REFERENCES proposal (id),
    circle   TEXT    NOT NULL REFERENCES circle (code),
    joined   INTEGER NOT NULL,
    person   INTEGER NOT NULL REFERENCES person (id),
    ended    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX sponsor_once ON sponsor (proposal, circle) WHERE ended = 0;
