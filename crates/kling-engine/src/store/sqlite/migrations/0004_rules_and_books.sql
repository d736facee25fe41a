-- Rules that are changed while the program runs, and who changed them.
CREATE TABLE rules (
    place TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (place, key)
) STRICT, WITHOUT ROWID;

-- Raised with every change; whoever has read the rules of another version reads them again.
CREATE TABLE rules_version (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;

INSERT INTO rules_version (one, version) VALUES (1, 0);

CREATE TABLE rule_changes (
    version INTEGER NOT NULL,
    place   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    before  TEXT,
    after   TEXT,
    PRIMARY KEY (version, place, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER rule_changes_are_never_changed BEFORE UPDATE ON rule_changes
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is only added to');
END;

CREATE TRIGGER rule_changes_are_never_shortened BEFORE DELETE ON rule_changes
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is only added to');
END;

-- The ledger as double entry: a line moves one amount from one account to another, so it cannot but balance.
CREATE TABLE accounts (
    kind  TEXT NOT NULL PRIMARY KEY,
    gives TEXT NOT NULL,
    takes TEXT NOT NULL CHECK (takes <> gives)
) STRICT, WITHOUT ROWID;

INSERT INTO accounts (kind, gives, takes) VALUES
    ('reservation', 'allowance', 'held'),
    ('release', 'held', 'allowance'),
    ('settlement', 'allowance', 'paid'),
    ('unconfirmed', 'allowance', 'in-doubt');

CREATE VIEW postings AS
SELECT seq, at, job, attempt, account, iif(sign < 0, -amount, amount) AS amount, source, platform,
    workspace, requester, provider, model
FROM ledger JOIN (
    SELECT kind AS of_kind, gives AS account, -1 AS sign FROM accounts
    UNION ALL SELECT kind, takes, 1 FROM accounts
) ON of_kind = kind;

CREATE TRIGGER ledger_holds_what_the_books_allow BEFORE INSERT ON ledger
WHEN NEW.amount < 0 OR NEW.kind NOT IN ('reservation', 'release', 'settlement', 'unconfirmed')
BEGIN
    SELECT RAISE(ABORT, 'a line of the ledger moves an amount between two accounts');
END;

CREATE TRIGGER ledger_lets_go_of_what_it_held BEFORE INSERT ON ledger
WHEN NEW.kind = 'release' AND NOT EXISTS (
    SELECT 1 FROM ledger
    WHERE job = NEW.job AND kind = 'reservation' AND attempt = 0 AND amount IS NEW.amount)
BEGIN
    SELECT RAISE(ABORT, 'what is let go is what was held');
END;

-- What limits count: now for channels too, by the day as well, and with how many jobs are open and were started.
ALTER TABLE totals ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN started INTEGER NOT NULL DEFAULT 0;

DROP VIEW totals_from_rows;
DROP TRIGGER totals_follow_the_ledger;
DROP TRIGGER totals_follow_new_jobs;
DROP TRIGGER totals_follow_jobs;
DROP TRIGGER totals_follow_jobs_that_go;

-- The same, summed from the rows: what `totals` must say at any time. A person's starts are read from the jobs.
CREATE VIEW totals_from_rows AS
WITH amounts AS (
    SELECT jobs.platform, jobs.workspace, jobs.channel, jobs.requester, ledger.at, ledger.amount AS spent,
        0 AS held, 0 AS open, 0 AS started, 'dated' AS kept
    FROM ledger JOIN jobs ON jobs.id = ledger.job
    WHERE ledger.kind IN ('settlement', 'unconfirmed') AND ledger.amount IS NOT NULL
    UNION ALL
    SELECT platform, workspace, channel, requester, stage_since, 0, estimate, 0, 0,
        iif(stage = 'unconfirmed', 'dated', 'open')
    FROM jobs WHERE reservation_open = 1 AND estimate IS NOT NULL
    UNION ALL
    SELECT platform, workspace, channel, requester, 0, 0, 0, 1, 0, 'open' FROM jobs
    WHERE finished_at IS NULL AND NOT (stage = 'unconfirmed' AND notice_shown = 1)
    UNION ALL
    SELECT platform, workspace, channel, requester, created_at, 0, 0, 0, 1, 'started' FROM jobs
    WHERE withdrawn = 0
), scoped AS (
    SELECT 'deployment' AS scope, '' AS platform, '' AS whose, at, spent, held, open, started, kept
    FROM amounts
    UNION ALL
    SELECT 'workspace', platform, workspace, at, spent, held, open, started, kept FROM amounts
    WHERE workspace IS NOT NULL
    UNION ALL
    SELECT 'channel', platform, channel, at, spent, held, open, started, kept FROM amounts
    UNION ALL
    SELECT 'requester', platform, requester, at, spent, held, open, started, kept FROM amounts
    WHERE kept <> 'started'
), widths (of_kept, width) AS (
    VALUES ('open', 0), ('dated', 60000), ('dated', 3600000), ('dated', 86400000), ('started', 600000)
)
SELECT scope, platform, whose, width, iif(width = 0, 0, at - at % width) AS start,
    sum(spent) AS spent, sum(held) AS held, sum(open) AS open, sum(started) AS started
FROM scoped JOIN widths ON of_kept = kept
GROUP BY 1, 2, 3, 4, 5;

DELETE FROM totals;
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started)
SELECT scope, platform, whose, width, start, spent, held, open, started FROM totals_from_rows;

CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON ledger
WHEN NEW.kind IN ('settlement', 'unconfirmed') AND NEW.amount IS NOT NULL
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held)
    SELECT scope, platform, whose, width, NEW.at - NEW.at % width, NEW.amount, 0
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', platform, channel FROM jobs WHERE id = NEW.job
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (SELECT 60000 AS width UNION ALL SELECT 3600000 UNION ALL SELECT 86400000)
    WHERE true
    ON CONFLICT DO UPDATE SET spent = spent + excluded.spent;
END;

CREATE TRIGGER totals_follow_new_jobs AFTER INSERT ON jobs
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started)
    SELECT scope, platform, whose, width, iif(width = 0, 0, at - at % width), 0, held, open, started
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', NEW.platform, NEW.channel
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (
        SELECT 0 AS width, 0 AS at,
            iif(NEW.reservation_open = 1 AND NEW.stage <> 'unconfirmed', coalesce(NEW.estimate, 0), 0)
                AS held,
            (NEW.finished_at IS NULL AND NOT (NEW.stage = 'unconfirmed' AND NEW.notice_shown = 1)) AS open,
            0 AS started
        UNION ALL
        SELECT 600000, NEW.created_at, 0, 0, 1 WHERE NEW.withdrawn = 0
        UNION ALL
        SELECT width, NEW.stage_since, NEW.estimate, 0, 0
        FROM (SELECT 60000 AS width UNION ALL SELECT 3600000 UNION ALL SELECT 86400000)
        WHERE NEW.reservation_open = 1 AND NEW.stage = 'unconfirmed' AND NEW.estimate IS NOT NULL
    )
    WHERE NOT (scope = 'requester' AND started = 1) AND (held <> 0 OR open <> 0 OR started <> 0)
    ON CONFLICT DO UPDATE SET held = held + excluded.held, open = open + excluded.open,
        started = started + excluded.started;
END;

CREATE TRIGGER totals_follow_jobs
AFTER UPDATE OF reservation_open, estimate, stage, stage_since ON jobs
WHEN (OLD.reservation_open = 1 OR NEW.reservation_open = 1)
    AND (OLD.reservation_open <> NEW.reservation_open
        OR OLD.estimate IS NOT NEW.estimate
        OR (OLD.stage = 'unconfirmed') <> (NEW.stage = 'unconfirmed')
        OR (NEW.stage = 'unconfirmed' AND OLD.stage_since <> NEW.stage_since))
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held)
    SELECT scope, platform, whose, width, iif(width = 0, 0, since - since % width), 0, amount
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', NEW.platform, NEW.channel
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (
        SELECT 0 AS width UNION ALL SELECT 60000 UNION ALL SELECT 3600000 UNION ALL SELECT 86400000
    ), (
        SELECT OLD.stage AS stage, OLD.stage_since AS since, -OLD.estimate AS amount
        WHERE OLD.reservation_open = 1
        UNION ALL
        SELECT NEW.stage, NEW.stage_since, NEW.estimate WHERE NEW.reservation_open = 1
    )
    WHERE amount IS NOT NULL AND (width > 0) = (stage = 'unconfirmed')
    ON CONFLICT DO UPDATE SET held = held + excluded.held;
END;

CREATE TRIGGER totals_follow_open_jobs AFTER UPDATE OF stage, notice_shown, finished_at ON jobs
WHEN (OLD.finished_at IS NULL AND NOT (OLD.stage = 'unconfirmed' AND OLD.notice_shown = 1))
    <> (NEW.finished_at IS NULL AND NOT (NEW.stage = 'unconfirmed' AND NEW.notice_shown = 1))
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held, open)
    SELECT scope, platform, whose, 0, 0, 0, 0,
        iif(NEW.finished_at IS NULL AND NOT (NEW.stage = 'unconfirmed' AND NEW.notice_shown = 1), 1, -1)
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', NEW.platform, NEW.channel
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    )
    WHERE true
    ON CONFLICT DO UPDATE SET open = open + excluded.open;
END;

CREATE TRIGGER totals_follow_withdrawn_jobs AFTER UPDATE OF withdrawn ON jobs
WHEN OLD.withdrawn = 0 AND NEW.withdrawn = 1
BEGIN
    UPDATE totals SET started = started - 1
    WHERE (scope, platform, whose) IN (
            SELECT 'deployment', '', ''
            UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace
            UNION ALL SELECT 'channel', NEW.platform, NEW.channel)
        AND width = 600000 AND start = NEW.created_at - NEW.created_at % 600000;
END;

CREATE TRIGGER totals_follow_jobs_that_go AFTER DELETE ON jobs
BEGIN
    UPDATE totals SET
        held = held - iif(OLD.reservation_open = 1 AND (width > 0) = (OLD.stage = 'unconfirmed')
            AND width <> 600000, coalesce(OLD.estimate, 0), 0),
        open = open - (width = 0 AND OLD.finished_at IS NULL
            AND NOT (OLD.stage = 'unconfirmed' AND OLD.notice_shown = 1)),
        started = started - (width = 600000 AND scope <> 'requester' AND OLD.withdrawn = 0)
    WHERE (scope, platform, whose) IN (
            SELECT 'deployment', '', ''
            UNION ALL SELECT 'workspace', OLD.platform, OLD.workspace
            UNION ALL SELECT 'channel', OLD.platform, OLD.channel
            UNION ALL SELECT 'requester', OLD.platform, OLD.requester)
        AND start = CASE width
            WHEN 0 THEN 0
            WHEN 600000 THEN OLD.created_at - OLD.created_at % 600000
            ELSE OLD.stage_since - OLD.stage_since % width END;
END;
