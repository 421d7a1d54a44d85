-- The first result of a call that an app named by an Idempotency-Key, for a day. What came of the
-- call itself stands in calls: one that runs has no result yet, one that a crash ended never will.
CREATE TABLE kept_results (
    call_id TEXT PRIMARY KEY REFERENCES calls (id),
    grant_id TEXT NOT NULL REFERENCES grants (id),
    -- SHA-256 of the key, and of the path and the body it came with: neither can be read back.
    key_digest BLOB NOT NULL CHECK (length(key_digest) = 32),
    request_digest BLOB NOT NULL CHECK (length(request_digest) = 32),
    expires_at INTEGER NOT NULL,
    result_sealed BLOB,
    is_too_large INTEGER NOT NULL DEFAULT 0 CHECK (is_too_large IN (0, 1)),
    CHECK (is_too_large = 0 OR result_sealed IS NULL),
    -- 1 MiB, and what sealing adds.
    CHECK (length(result_sealed) <= 1048576 + 64),
    -- Two calls can never begin under one key.
    UNIQUE (grant_id, key_digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_results_expiry ON kept_results (expires_at);

-- A first result stays the first.
CREATE TRIGGER kept_results_are_kept_once BEFORE UPDATE ON kept_results
WHEN OLD.result_sealed IS NOT NULL OR OLD.is_too_large = 1
BEGIN SELECT RAISE(ABORT, 'a kept result never changes'); END;

-- What an app was told goes with its access.
CREATE TRIGGER kept_results_end_with_their_grant AFTER UPDATE OF state ON grants
WHEN NEW.state IN ('revoked', 'expired')
BEGIN DELETE FROM kept_results WHERE grant_id = NEW.id; END;
