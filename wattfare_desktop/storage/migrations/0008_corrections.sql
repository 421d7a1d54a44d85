-- Mending: calls that a crash left unsettled, windows that a wrong clock left in the future, and
-- ends that the clock alone brings.

-- What the user's word added to the charge of an unsettled call, or, below zero, took off it. The
-- cost stays what was charged at first; windows and days count both.
ALTER TABLE calls ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0 CHECK (corrected >= -cost);

CREATE INDEX calls_corrected ON calls (grant_id, corrected) WHERE corrected <> 0;
CREATE INDEX calls_unsettled ON calls (seq) WHERE status = 'unsettled';
CREATE INDEX transfers_corrections ON transfers (credit_account, amount) WHERE code = 'correction';
CREATE INDEX transfers_mending ON transfers (call_id, code, amount, credit_account)
WHERE code IN ('correction', 'dispute_credit', 'dispute_reversal');

DROP TRIGGER call_windows_count;

CREATE TRIGGER call_windows_count AFTER INSERT ON call_windows
BEGIN
    -- Held first, so that spending comes out of a hold even where a new cap counts the past.
    UPDATE windows SET held = held + calls.size
    FROM (
        SELECT iif(status = 'running', hold, cost + corrected - credited) AS size
        FROM calls WHERE seq = NEW.call_seq
    ) AS calls
    WHERE windows.id = NEW.window_id;
    UPDATE windows SET held = held - calls.size, spent = spent + calls.size
    FROM (
        SELECT cost + corrected - credited AS size FROM calls
        WHERE seq = NEW.call_seq AND status <> 'running'
    ) AS calls
    WHERE windows.id = NEW.window_id;
END;

DROP TRIGGER calls_settle;

CREATE TRIGGER calls_settle AFTER UPDATE OF status ON calls
WHEN OLD.status = 'running'
BEGIN
    UPDATE windows SET held = held - NEW.hold, spent = spent + NEW.cost
    WHERE id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
    INSERT INTO daily_spend (day, grant_id, spent)
    SELECT NEW.settled_on, NEW.grant_id, NEW.cost WHERE NEW.cost > 0
    ON CONFLICT (day, grant_id) DO UPDATE SET spent = spent + excluded.spent;
END;

-- A call settles once; one that a crash left unsettled once more, by one transfer of the journal
-- that is named after it and says by how much and in which direction.
DROP TRIGGER calls_settle_once;

CREATE TRIGGER calls_settle_once BEFORE UPDATE OF status, corrected ON calls
WHEN OLD.status <> 'running' OR NEW.corrected <> 0
BEGIN
    SELECT RAISE(ABORT, 'a call settles once')
    WHERE OLD.status <> 'unsettled' OR NEW.status <> 'settled' OR NEW.basis IS NOT 'told';
    SELECT RAISE(ABORT, 'a correction is what the journal says')
    WHERE NOT EXISTS (
        SELECT 1 FROM transfers
        WHERE id = NEW.id || '.correction' AND code = 'correction' AND amount = abs(NEW.corrected)
            AND iif(NEW.corrected > 0, credit_account, debit_account) = 'spend:' || NEW.grant_id
    );
END;

CREATE TRIGGER calls_correct AFTER UPDATE OF corrected ON calls
WHEN NEW.corrected <> OLD.corrected
BEGIN
    -- What is added has to find room: held first, as any spending.
    UPDATE windows SET held = held + NEW.corrected
    WHERE NEW.corrected > 0
        AND id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
    UPDATE windows SET held = held - max(0, NEW.corrected), spent = spent + NEW.corrected
    WHERE id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
    INSERT INTO daily_spend (day, grant_id, spent) VALUES (NEW.settled_on, NEW.grant_id, 0)
    ON CONFLICT DO NOTHING;
    UPDATE daily_spend SET spent = spent + NEW.corrected
    WHERE day = NEW.settled_on AND grant_id = NEW.grant_id;
END;

DROP TRIGGER calls_keep_their_facts;

CREATE TRIGGER calls_keep_their_facts BEFORE UPDATE OF
    items, provider_request, cost, ended, price_version, input_tokens, cached_tokens,
    output_tokens, reasoning_tokens, started_at, first_byte_at, finished_at, settled_on
ON calls
WHEN OLD.status <> 'running'
BEGIN SELECT RAISE(ABORT, 'what was charged for never changes'); END;

CREATE TRIGGER calls_keep_their_bill BEFORE UPDATE OF provider_cost, basis ON calls
WHEN OLD.status <> 'running' AND (OLD.status <> 'unsettled' OR NEW.status <> 'settled')
BEGIN SELECT RAISE(ABORT, 'what was charged for never changes'); END;

-- A window that lay in the future and was set aside no longer rules. It opens again, with all that
-- it counts, should its time really come.
ALTER TABLE windows ADD COLUMN set_aside_at INTEGER;

CREATE TABLE wider_chain_notes (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'digest', 'accepted', 'windows_reset')),
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT;

INSERT INTO wider_chain_notes (seq, kind, content, at, mac)
SELECT seq, kind, content, at, mac FROM chain_notes;
DROP TABLE chain_notes;
ALTER TABLE wider_chain_notes RENAME TO chain_notes;

CREATE TRIGGER chain_notes_are_immutable BEFORE UPDATE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain never changes'); END;

CREATE TRIGGER chain_notes_are_kept BEFORE DELETE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain is never deleted'); END;

CREATE TRIGGER windows_are_set_aside_openly BEFORE UPDATE OF set_aside_at ON windows
WHEN NEW.set_aside_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a window is set aside by a note, before its time')
    WHERE NEW.set_aside_at >= NEW.starts_at OR NOT EXISTS (
        SELECT 1 FROM chain_notes WHERE kind = 'windows_reset' AND at = NEW.set_aside_at
    );
    SELECT RAISE(ABORT, 'what a window counts is counted in the one that takes its place')
    WHERE EXISTS (
        SELECT 1 FROM call_windows AS mine
        WHERE mine.window_id = NEW.id AND NOT EXISTS (
            SELECT 1 FROM call_windows AS also JOIN windows AS other ON other.id = also.window_id
            WHERE also.call_seq = mine.call_seq AND other.owner = NEW.owner
                AND other.period = NEW.period AND other.starts_at <= NEW.set_aside_at
        )
    );
END;

CREATE TRIGGER windows_keep_their_time BEFORE UPDATE OF owner, period, starts_at, resets_at ON windows
BEGIN SELECT RAISE(ABORT, 'a window never moves'); END;

-- A raise has an end of its own, though its window may have none.
DROP TRIGGER raises_end_once;

ALTER TABLE raises ADD COLUMN ends_at INTEGER NOT NULL DEFAULT 0;
UPDATE raises SET ends_at = coalesce(
    (SELECT resets_at FROM windows WHERE windows.id = raises.window_id),
    raised_at + 30 * 24 * 60 * 60 * 1000
);

CREATE INDEX raises_open ON raises (window_id, ends_at) WHERE ended_at IS NULL;

CREATE TRIGGER raises_end_once BEFORE UPDATE ON raises
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.amount <> OLD.amount
    OR NEW.window_id <> OLD.window_id OR NEW.kind <> OLD.kind OR NEW.grant_id <> OLD.grant_id
    OR NEW.ends_at <> OLD.ends_at
BEGIN SELECT RAISE(ABORT, 'a raise never changes but for its end'); END;

-- An approval that ran out stays so, whatever the clock says afterwards.
CREATE TRIGGER grants_stay_expired BEFORE UPDATE OF state ON grants
WHEN OLD.state = 'expired' AND NEW.state NOT IN ('expired', 'revoked')
BEGIN SELECT RAISE(ABORT, 'an expired grant stays expired'); END;
