-- Limits raised for a while, the limit of a single call, and windows that were warned about.

ALTER TABLE grants ADD COLUMN raise_allowed INTEGER NOT NULL DEFAULT 0
    CHECK (raise_allowed IN (0, 1));

-- A window's limit is what its budget says and what it was raised by: the next has no raise.
ALTER TABLE windows ADD COLUMN raised INTEGER NOT NULL DEFAULT 0 CHECK (raised >= 0);
ALTER TABLE windows ADD COLUMN warned_at INTEGER;

CREATE TABLE raises (
    seq INTEGER PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    window_id INTEGER NOT NULL REFERENCES windows (id),
    kind TEXT NOT NULL CHECK (kind IN ('once', 'window')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    raised_at INTEGER NOT NULL,
    -- Set where a new cap took its place; otherwise it ends with what it was for, or its window.
    ended_at INTEGER
) STRICT;

CREATE INDEX raises_of_grant ON raises (grant_id, seq);

CREATE TRIGGER raises_begin AFTER INSERT ON raises
BEGIN
    UPDATE windows SET raised = raised + NEW.amount WHERE id = NEW.window_id;
END;

CREATE TRIGGER raises_end AFTER UPDATE OF ended_at ON raises
BEGIN
    UPDATE windows SET raised = raised - NEW.amount WHERE id = NEW.window_id;
END;

CREATE TRIGGER raises_end_once BEFORE UPDATE ON raises
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.amount <> OLD.amount
    OR NEW.window_id <> OLD.window_id OR NEW.kind <> OLD.kind OR NEW.grant_id <> OLD.grant_id
BEGIN SELECT RAISE(ABORT, 'a raise never changes but for its end'); END;

CREATE TRIGGER raises_are_kept BEFORE DELETE ON raises
BEGIN SELECT RAISE(ABORT, 'a raise is never deleted'); END;

DROP TRIGGER windows_hold_within_limit;

CREATE TRIGGER windows_hold_within_limit BEFORE UPDATE OF held ON windows
WHEN NEW.held > OLD.held
BEGIN
    SELECT RAISE(ABORT, 'a hold never exceeds its window')
    FROM budgets
    WHERE budgets.owner = NEW.owner
        AND budgets.period = NEW.period
        AND budgets.window_id = NEW.id
        AND NEW.spent + NEW.held > budgets.limit_nanos + NEW.raised;
END;

-- The most that one call may hold, of an app ('grant:<id>') or of the whole wallet.
CREATE TABLE call_limits (
    owner TEXT PRIMARY KEY,
    limit_nanos INTEGER NOT NULL CHECK (limit_nanos > 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER calls_begin_within_limit BEFORE INSERT ON calls
BEGIN
    SELECT RAISE(ABORT, 'a call never exceeds the limit of one call')
    FROM call_limits
    WHERE owner IN ('grant:' || NEW.grant_id, 'wallet') AND NEW.hold > limit_nanos;
END;

CREATE TRIGGER calls_grow_within_limit BEFORE UPDATE OF hold ON calls
WHEN NEW.hold > OLD.hold
BEGIN
    SELECT RAISE(ABORT, 'a call never exceeds the limit of one call')
    FROM call_limits
    WHERE owner IN ('grant:' || NEW.grant_id, 'wallet') AND NEW.hold > limit_nanos;
END;
