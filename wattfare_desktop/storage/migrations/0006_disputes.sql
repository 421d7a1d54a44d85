-- Disputes, the reserve and the fee.

-- An overrun is booked after the provider took the money: it alone may overdraw a funding. What
-- holds of the state of other accounts holds here of each transfer.
ALTER TABLE accounts ADD COLUMN overruns_alone_overdraw INTEGER NOT NULL DEFAULT 0
    CHECK (overruns_alone_overdraw IN (0, 1) AND overruns_alone_overdraw + debits_within_credits < 2);

UPDATE accounts SET debits_within_credits = 0, overruns_alone_overdraw = 1
WHERE id IN (SELECT 'funding:' || id FROM fundings);

INSERT INTO accounts (id, debits_within_credits)
SELECT 'fee:' || id, 1 FROM fundings
UNION ALL SELECT 'reserve:' || id, 1 FROM fundings
UNION ALL SELECT 'overrun:' || id, 0 FROM fundings;

CREATE TRIGGER transfers_overdraw_by_overruns_alone BEFORE INSERT ON transfers
WHEN NEW.pending_id IS NULL AND NEW.code <> 'overrun'
BEGIN
    SELECT RAISE(ABORT, 'an overrun alone may overdraw a funding')
    FROM accounts
    WHERE id = NEW.debit_account
        AND overruns_alone_overdraw = 1
        AND NEW.amount > credits_posted - debits_posted - debits_pending;
END;

-- What leaves a funding and no app has spent; few, beside the charges.
CREATE INDEX transfers_beside_charges ON transfers (debit_account, amount)
WHERE code IN ('reserve', 'reconcile', 'overrun', 'dispute_reversal');

-- The service fee is part of what the app was charged.
ALTER TABLE calls ADD COLUMN fee INTEGER NOT NULL DEFAULT 0 CHECK (fee >= 0 AND fee <= cost);

-- What a dispute gave back of the cost; windows and days count the rest.
ALTER TABLE calls ADD COLUMN credited INTEGER NOT NULL DEFAULT 0
    CHECK (credited >= 0 AND credited <= cost);

CREATE INDEX calls_credited ON calls (grant_id, credited) WHERE credited > 0;

DROP TRIGGER call_windows_count;

CREATE TRIGGER call_windows_count AFTER INSERT ON call_windows
BEGIN
    -- Held first, so that spending comes out of a hold even where a new cap counts the past.
    UPDATE windows SET held = held + calls.size
    FROM (
        SELECT iif(status = 'running', hold, cost - credited) AS size
        FROM calls WHERE seq = NEW.call_seq
    ) AS calls
    WHERE windows.id = NEW.window_id;
    UPDATE windows SET held = held - calls.size, spent = spent + calls.size
    FROM (
        SELECT cost - credited AS size FROM calls
        WHERE seq = NEW.call_seq AND status <> 'running'
    ) AS calls
    WHERE windows.id = NEW.window_id;
END;

-- Credited by one transfer of the journal and taken back by one other, each at most once: their
-- names are the call's.
CREATE TRIGGER calls_credit_as_booked BEFORE UPDATE OF credited ON calls
WHEN NEW.credited <> OLD.credited
BEGIN
    SELECT RAISE(ABORT, 'a credit is what the journal says')
    WHERE NOT EXISTS (
        SELECT 1 FROM transfers
        WHERE iif(
            OLD.credited = 0,
            id = NEW.id || '.credit' AND code = 'dispute_credit' AND amount = NEW.credited
                AND NOT EXISTS (SELECT 1 FROM transfers WHERE id = NEW.id || '.reversal'),
            NEW.credited = 0 AND id = NEW.id || '.reversal' AND code = 'dispute_reversal'
                AND amount = OLD.credited
        )
        AND id IN (NEW.id || '.credit', NEW.id || '.reversal')
    );
END;

CREATE TRIGGER calls_credit AFTER UPDATE OF credited ON calls
WHEN NEW.credited <> OLD.credited
BEGIN
    -- What is taken back has to find room: held first, as any spending.
    UPDATE windows SET held = held + OLD.credited - NEW.credited
    WHERE NEW.credited < OLD.credited
        AND id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
    UPDATE windows SET
        held = held - max(0, OLD.credited - NEW.credited),
        spent = spent + OLD.credited - NEW.credited
    WHERE id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
    UPDATE daily_spend SET spent = spent + OLD.credited - NEW.credited
    WHERE day = NEW.settled_on AND grant_id = NEW.grant_id;
END;

-- One dispute a call. The evidence is what the wallet knew of the call by itself, as JSON;
-- the amount what a rule would give back, 0 where none is met.
CREATE TABLE disputes (
    call_id TEXT PRIMARY KEY REFERENCES calls (id),
    reason TEXT NOT NULL CHECK (reason IN ('empty', 'early', 'duplicate', 'price', 'not-me')),
    state TEXT NOT NULL
        CHECK (state IN ('open', 'credited', 'rejected', 'withdrawn', 'reversed')),
    evidence TEXT NOT NULL,
    finding TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    missing INTEGER NOT NULL DEFAULT 0 CHECK (missing >= 0 AND missing <= amount),
    opened_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX disputes_open ON disputes (opened_at) WHERE state = 'open';

CREATE TRIGGER disputes_begin_open BEFORE INSERT ON disputes
WHEN NEW.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a dispute begins open'); END;

CREATE TRIGGER disputes_are_kept BEFORE DELETE ON disputes
BEGIN SELECT RAISE(ABORT, 'a dispute is never deleted'); END;

CREATE TRIGGER disputes_move BEFORE UPDATE ON disputes
WHEN NEW.state <> OLD.state
BEGIN
    SELECT RAISE(ABORT, 'a dispute does not move like that')
    WHERE OLD.state || ' ' || NEW.state NOT IN (
        'open credited', 'open rejected', 'open withdrawn', 'withdrawn open', 'credited reversed'
    );
    SELECT RAISE(ABORT, 'a dispute is credited as its call is')
    FROM calls
    WHERE id = NEW.call_id
        AND (
            NEW.state = 'credited' AND (calls.credited <> NEW.amount OR NEW.amount = 0)
            OR NEW.state = 'reversed' AND calls.credited <> 0
        );
END;

CREATE TRIGGER disputes_keep_their_facts BEFORE UPDATE ON disputes
WHEN NEW.state = OLD.state AND OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a closed dispute never changes'); END;
