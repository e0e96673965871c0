-- +goose Up
-- Where the provider of identities knows somebody from, and how: a person is found by it, never made of it.
ALTER TABLE person ADD COLUMN email TEXT NOT NULL DEFAULT '' CHECK (email = lower(email));
CREATE UNIQUE INDEX person_email ON person (email) WHERE email <> '';

-- The second step of signing in. The key must be known to compare codes with it; second_since 0: not in force yet.
ALTER TABLE person ADD COLUMN second_key TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN second_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN second_used INTEGER NOT NULL DEFAULT 0; -- the last interval whose code was used

-- A recovery code opens once in place of a code, and is gone then.
CREATE TABLE recovery_code (
    hash   BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX recovery_code_person ON recovery_code (person);

-- Who somebody is elsewhere: the subject that an OpenID provider names.
CREATE TABLE identity (
    issuer  TEXT    NOT NULL CHECK (issuer <> ''),
    subject TEXT    NOT NULL CHECK (subject <> ''),
    person  INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    since   INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_person ON identity (person);
