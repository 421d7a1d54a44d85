-- Apps that asked for offline_access hold accesses that end soon and a refresh token for the next.
-- As with codes and accesses only digests are kept.

ALTER TABLE authorization_codes ADD COLUMN offline INTEGER NOT NULL DEFAULT 0
    CHECK (offline IN (0, 1));
ALTER TABLE accesses ADD COLUMN expires_at INTEGER;

CREATE INDEX accesses_of_grant ON accesses (grant_id);

-- Used ones are kept: that one comes a second time is how a theft is noticed.
CREATE TABLE refresh_tokens (
    digest BLOB PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    issued_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

-- A family has one that works.
CREATE UNIQUE INDEX refresh_tokens_unused ON refresh_tokens (grant_id) WHERE used_at IS NULL;

CREATE TRIGGER refresh_tokens_are_used_once BEFORE UPDATE ON refresh_tokens
WHEN OLD.used_at IS NOT NULL OR NEW.used_at IS NULL OR NEW.grant_id <> OLD.grant_id
    OR NEW.digest <> OLD.digest
BEGIN SELECT RAISE(ABORT, 'a refresh token never changes but is used once'); END;

-- Clients that registered themselves (RFC 7591). One that is never approved is forgotten.
CREATE TABLE registered_clients (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- A JSON array: the redirects that its answers may be sent to.
    redirect_uris TEXT NOT NULL CHECK (json_valid(redirect_uris)),
    registered_at INTEGER NOT NULL,
    approved_at INTEGER
) STRICT, WITHOUT ROWID;
