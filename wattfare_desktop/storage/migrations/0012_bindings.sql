-- What an app's accesses are bound to beside their own secrecy. A grant without a row is bound to
-- nothing. Lists are JSON arrays of texts.
CREATE TABLE grant_bindings (
    grant_id TEXT PRIMARY KEY REFERENCES grants (id),
    -- The thumbprint of the key that signs for this grant (RFC 7638), for all of its accesses.
    jkt TEXT CHECK (length(jkt) = 43),
    proof_required INTEGER NOT NULL CHECK (proof_required IN (0, 1)),
    cidrs TEXT NOT NULL CHECK (json_valid(cidrs)),
    origins TEXT NOT NULL CHECK (json_valid(origins)),
    programs TEXT NOT NULL CHECK (json_valid(programs)),
    -- The program the user was shown when asked; known for some.
    asked_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TRIGGER grant_bindings_keep_their_key BEFORE UPDATE OF jkt, proof_required ON grant_bindings
WHEN (OLD.jkt IS NOT NULL AND NEW.jkt IS NOT OLD.jkt) OR NEW.proof_required < OLD.proof_required
BEGIN SELECT RAISE(ABORT, 'a grant stays with the key it is bound to'); END;

CREATE TRIGGER grant_bindings_are_kept BEFORE DELETE ON grant_bindings
BEGIN SELECT RAISE(ABORT, 'what a grant is bound to is never deleted'); END;

-- The program that made a call, where it is known.
ALTER TABLE calls ADD COLUMN program TEXT;

-- A client that registered so is given an access only with a proof of possession.
ALTER TABLE registered_clients ADD COLUMN dpop_bound INTEGER NOT NULL DEFAULT 0
    CHECK (dpop_bound IN (0, 1));
