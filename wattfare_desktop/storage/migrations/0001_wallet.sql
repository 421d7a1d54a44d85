-- The wallet's first shape. Amounts are nano-dollars, times milliseconds since 1970 (UTC).
-- Every rule that core/ judges is repeated here as a CHECK, an index or a trigger.

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    debits_within_credits INTEGER NOT NULL CHECK (debits_within_credits IN (0, 1)),
    debits_pending INTEGER NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    debits_posted INTEGER NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_pending INTEGER NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    credits_posted INTEGER NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    CHECK (debits_within_credits = 0 OR debits_posted + debits_pending <= credits_posted)
) STRICT, WITHOUT ROWID;

CREATE TABLE transfers (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('posted', 'pending', 'post_pending', 'void_pending')),
    debit_account TEXT NOT NULL REFERENCES accounts (id),
    credit_account TEXT NOT NULL REFERENCES accounts (id),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    code TEXT NOT NULL,
    pending_id TEXT REFERENCES transfers (id),
    call_id TEXT,
    created_at INTEGER NOT NULL,
    CHECK (debit_account <> credit_account),
    CHECK ((kind IN ('post_pending', 'void_pending')) = (pending_id IS NOT NULL)),
    CHECK (kind <> 'void_pending' OR amount = 0)
) STRICT;

-- A hold resolves exactly once.
CREATE UNIQUE INDEX transfers_resolution ON transfers (pending_id) WHERE pending_id IS NOT NULL;
CREATE INDEX transfers_holding ON transfers (call_id) WHERE kind = 'pending';

-- Balances are what the journal says and nothing else writes them.
CREATE TRIGGER transfers_move_balances AFTER INSERT ON transfers
BEGIN
    UPDATE accounts SET
        debits_pending = debits_pending
            + iif(NEW.kind = 'pending', NEW.amount, 0)
            - coalesce((SELECT amount FROM transfers WHERE id = NEW.pending_id), 0),
        debits_posted = debits_posted
            + iif(NEW.kind IN ('posted', 'post_pending'), NEW.amount, 0)
    WHERE id = NEW.debit_account;
    UPDATE accounts SET
        credits_pending = credits_pending
            + iif(NEW.kind = 'pending', NEW.amount, 0)
            - coalesce((SELECT amount FROM transfers WHERE id = NEW.pending_id), 0),
        credits_posted = credits_posted
            + iif(NEW.kind IN ('posted', 'post_pending'), NEW.amount, 0)
    WHERE id = NEW.credit_account;
END;

CREATE TRIGGER transfers_are_immutable BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'a transfer never changes'); END;

CREATE TRIGGER transfers_are_kept BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'a transfer is never deleted'); END;

CREATE TRIGGER transfers_post_within_pending BEFORE INSERT ON transfers
WHEN NEW.pending_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a post never exceeds its hold')
    WHERE NOT EXISTS (
        SELECT 1 FROM transfers AS hold
        WHERE hold.id = NEW.pending_id
            AND hold.kind = 'pending'
            AND hold.debit_account = NEW.debit_account
            AND hold.credit_account = NEW.credit_account
            AND NEW.amount <= hold.amount
    );
END;

-- A window is one stretch of time of one period of one owner ('wallet' or 'grant:<id>').
CREATE TABLE windows (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('once', 'day', 'week', 'month', 'year')),
    starts_at INTEGER NOT NULL,
    resets_at INTEGER CHECK (resets_at > starts_at),
    spent INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    UNIQUE (owner, period, starts_at)
) STRICT;

CREATE TABLE budgets (
    owner TEXT NOT NULL,
    period TEXT NOT NULL,
    limit_nanos INTEGER NOT NULL CHECK (limit_nanos >= 0),
    window_id INTEGER NOT NULL REFERENCES windows (id),
    PRIMARY KEY (owner, period)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER windows_hold_within_limit BEFORE UPDATE OF held ON windows
WHEN NEW.held > OLD.held
BEGIN
    SELECT RAISE(ABORT, 'a hold never exceeds its window')
    FROM budgets
    WHERE budgets.owner = NEW.owner
        AND budgets.period = NEW.period
        AND budgets.window_id = NEW.id
        AND NEW.spent + NEW.held > budgets.limit_nanos;
END;

CREATE TRIGGER windows_settle_within_hold BEFORE UPDATE OF spent ON windows
WHEN NEW.spent > OLD.spent
BEGIN
    SELECT RAISE(ABORT, 'a window spends only what it held')
    WHERE NEW.spent - OLD.spent > OLD.held - NEW.held;
END;

CREATE TABLE fundings (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    base_url TEXT,
    key_sealed BLOB,
    key_hint TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
    redirect_uri TEXT NOT NULL,
    redirect_host TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'revoked', 'expired')),
    models TEXT NOT NULL,
    justification TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;

CREATE TABLE grant_events (
    seq INTEGER PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER grant_events_are_immutable BEFORE UPDATE ON grant_events
BEGIN SELECT RAISE(ABORT, 'a grant event never changes'); END;

CREATE TRIGGER grant_events_are_kept BEFORE DELETE ON grant_events
BEGIN SELECT RAISE(ABORT, 'a grant event is never deleted'); END;

CREATE TRIGGER grants_stay_revoked BEFORE UPDATE OF state ON grants
WHEN OLD.state = 'revoked' AND NEW.state <> 'revoked'
BEGIN SELECT RAISE(ABORT, 'a revoked grant stays revoked'); END;

-- Only digests are kept: neither a code nor an access can be read back.
CREATE TABLE authorization_codes (
    digest BLOB PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    redeemed_at INTEGER
) STRICT;

CREATE TABLE accesses (
    digest BLOB PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blocked_clients (
    client_id TEXT PRIMARY KEY,
    blocked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE calls (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    funding_id TEXT NOT NULL REFERENCES fundings (id),
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    streamed INTEGER NOT NULL CHECK (streamed IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('running', 'settled', 'voided', 'unsettled')),
    ended TEXT,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    hold INTEGER NOT NULL CHECK (hold >= 0),
    cost INTEGER NOT NULL DEFAULT 0 CHECK (cost >= 0 AND cost <= hold),
    provider_cost INTEGER NOT NULL DEFAULT 0 CHECK (provider_cost >= 0),
    basis TEXT,
    price_version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    first_byte_at INTEGER,
    finished_at INTEGER,
    -- The day on the user's calendar (ISO date) on which it was settled.
    settled_on TEXT
) STRICT;

CREATE INDEX calls_of_grant ON calls (grant_id, seq);
CREATE INDEX calls_running ON calls (seq) WHERE status = 'running';

-- A call counts in the windows in which it was admitted, however late it settles.
CREATE TABLE call_windows (
    call_seq INTEGER NOT NULL REFERENCES calls (seq),
    window_id INTEGER NOT NULL REFERENCES windows (id),
    PRIMARY KEY (call_seq, window_id)
) STRICT, WITHOUT ROWID;

-- What each app spent on each day of the user's calendar (ISO date): today, this month, the chart.
CREATE TABLE daily_spend (
    day TEXT NOT NULL,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (day, grant_id)
) STRICT, WITHOUT ROWID;

-- Windows and days count what the calls say and nothing else counts there.
CREATE TRIGGER call_windows_count AFTER INSERT ON call_windows
BEGIN
    -- Held first, so that spending comes out of a hold even where a new cap counts the past.
    UPDATE windows SET held = held + calls.size
    FROM (
        SELECT iif(status = 'running', hold, cost) AS size FROM calls WHERE seq = NEW.call_seq
    ) AS calls
    WHERE windows.id = NEW.window_id;
    UPDATE windows SET held = held - calls.cost, spent = spent + calls.cost
    FROM (
        SELECT cost FROM calls WHERE seq = NEW.call_seq AND status <> 'running'
    ) AS calls
    WHERE windows.id = NEW.window_id;
END;

CREATE TRIGGER calls_count_in_windows AFTER INSERT ON calls
BEGIN
    INSERT INTO call_windows (call_seq, window_id)
    SELECT NEW.seq, window_id FROM budgets WHERE owner IN ('grant:' || NEW.grant_id, 'wallet');
END;

CREATE TRIGGER calls_settle_once BEFORE UPDATE OF status ON calls
WHEN OLD.status <> 'running'
BEGIN SELECT RAISE(ABORT, 'a call settles once'); END;

CREATE TRIGGER calls_settle AFTER UPDATE OF status ON calls
BEGIN
    UPDATE windows SET held = held - NEW.hold, spent = spent + NEW.cost
    WHERE id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
    INSERT INTO daily_spend (day, grant_id, spent)
    SELECT NEW.settled_on, NEW.grant_id, NEW.cost WHERE NEW.cost > 0
    ON CONFLICT (day, grant_id) DO UPDATE SET spent = spent + excluded.spent;
END;

CREATE TABLE preferences (
    name TEXT PRIMARY KEY,
    content TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO accounts (id, debits_within_credits) VALUES ('external', 0);
