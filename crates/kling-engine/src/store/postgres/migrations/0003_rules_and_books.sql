-- Rules that are changed while the program runs, and who changed them.
CREATE TABLE rules (
    place TEXT COLLATE "C" NOT NULL,
    key   TEXT COLLATE "C" NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (place, key)
);

-- Raised with every change; whoever has read the rules of another version reads them again.
CREATE TABLE rules_version (
    one     BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);

INSERT INTO rules_version (one, version) VALUES (1, 0);

CREATE TABLE rule_changes (
    version BIGINT NOT NULL,
    place   TEXT COLLATE "C" NOT NULL,
    key     TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    before  TEXT,
    after   TEXT,
    PRIMARY KEY (version, place, key)
);

CREATE FUNCTION rule_changes_are_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of changes is only added to';
END $$;

CREATE TRIGGER rule_changes_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_changes
    FOR EACH STATEMENT EXECUTE FUNCTION rule_changes_are_only_added_to();

-- The ledger as double entry: a line moves one amount from one account to another, so it cannot but balance.
CREATE TABLE accounts (
    kind  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    gives TEXT COLLATE "C" NOT NULL,
    takes TEXT COLLATE "C" NOT NULL CHECK (takes <> gives)
);

INSERT INTO accounts (kind, gives, takes) VALUES
    ('reservation', 'allowance', 'held'),
    ('release', 'held', 'allowance'),
    ('settlement', 'allowance', 'paid'),
    ('unconfirmed', 'allowance', 'in-doubt');

CREATE VIEW postings AS
SELECT seq, at, job, attempt, account, sign * amount AS amount, source, platform, workspace, requester,
    provider, model
FROM ledger JOIN accounts USING (kind)
    CROSS JOIN LATERAL (VALUES (gives, -1), (takes, 1)) AS side (account, sign);

-- Nobody writes from here to the commit, in the order in which everybody takes the tables.
LOCK TABLE jobs, ledger IN SHARE ROW EXCLUSIVE MODE;

CREATE FUNCTION ledger_holds_what_the_books_allow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount < 0 OR NEW.kind NOT IN ('reservation', 'release', 'settlement', 'unconfirmed') THEN
        RAISE EXCEPTION 'a line of the ledger moves an amount between two accounts';
    END IF;
    IF NEW.kind = 'release' AND NOT EXISTS (
        SELECT FROM ledger
        WHERE job = NEW.job AND kind = 'reservation' AND attempt = 0
            AND amount IS NOT DISTINCT FROM NEW.amount)
    THEN
        RAISE EXCEPTION 'what is let go is what was held';
    END IF;
    RETURN NEW;
END $$;

-- What is held needs no look back, and is what every acceptance writes.
CREATE TRIGGER ledger_holds_what_the_books_allow BEFORE INSERT ON ledger FOR EACH ROW
WHEN (NEW.kind <> 'reservation' OR NEW.amount < 0)
EXECUTE FUNCTION ledger_holds_what_the_books_allow();

-- What limits count: now for channels too, by the day as well, and with how many jobs are open and were started.
ALTER TABLE totals ADD COLUMN open BIGINT NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN started BIGINT NOT NULL DEFAULT 0;

-- The same, summed from the rows: what `totals` must say at any time. A person's starts are read from the jobs.
DROP VIEW totals_from_rows;
CREATE VIEW totals_from_rows AS
WITH amounts AS (
    SELECT jobs.platform, jobs.workspace, jobs.channel, jobs.requester, ledger.at, ledger.amount AS spent,
        0 AS held, 0 AS open, 0 AS started, 'dated' AS kept
    FROM ledger JOIN jobs ON jobs.id = ledger.job
    WHERE ledger.kind IN ('settlement', 'unconfirmed') AND ledger.amount IS NOT NULL
    UNION ALL
    SELECT platform, workspace, channel, requester, stage_since, 0, estimate, 0, 0,
        CASE stage WHEN 'unconfirmed' THEN 'dated' ELSE 'open' END
    FROM jobs WHERE reservation_open AND estimate IS NOT NULL
    UNION ALL
    SELECT platform, workspace, channel, requester, 0, 0, 0, 1, 0, 'open' FROM jobs
    WHERE finished_at IS NULL AND NOT (stage = 'unconfirmed' AND notice_shown)
    UNION ALL
    SELECT platform, workspace, channel, requester, created_at, 0, 0, 0, 1, 'started' FROM jobs
    WHERE NOT withdrawn
)
SELECT scope, whom.platform, whose, width, CASE width WHEN 0 THEN 0 ELSE at - at % width END AS start,
    sum(spent)::bigint AS spent, sum(held)::bigint AS held, sum(open)::bigint AS open,
    sum(started)::bigint AS started
FROM amounts
    CROSS JOIN LATERAL (VALUES
        ('deployment', '', ''),
        ('workspace', amounts.platform, workspace),
        ('channel', amounts.platform, channel),
        ('requester', amounts.platform, requester)
    ) AS whom (scope, platform, whose)
    JOIN (VALUES
        ('open', 0::bigint), ('dated', 60000), ('dated', 3600000), ('dated', 86400000), ('started', 600000)
    ) AS widths (of_kept, width) ON of_kept = kept
WHERE whose IS NOT NULL AND NOT (scope = 'requester' AND kept = 'started')
GROUP BY 1, 2, 3, 4, 5;

-- Adds to the sums of a job's scopes, always in the same order, so that no two deadlock.
CREATE FUNCTION count_in_totals(
    of_platform TEXT, of_workspace TEXT, of_channel TEXT, of_requester TEXT, in_widths BIGINT[], at BIGINT,
    more_spent BIGINT, more_held BIGINT, more_open BIGINT, more_started BIGINT
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, part, spent, held, open, started)
    SELECT scope, platform, whose, width, CASE width WHEN 0 THEN 0 ELSE at - at % width END,
        pg_backend_pid() % 16, CASE width WHEN 600000 THEN 0 ELSE more_spent END,
        CASE width WHEN 600000 THEN 0 ELSE more_held END, CASE width WHEN 0 THEN more_open ELSE 0 END,
        CASE width WHEN 600000 THEN more_started ELSE 0 END
    FROM (VALUES
            (1, 'deployment', '', ''),
            (2, 'workspace', of_platform, of_workspace),
            (3, 'channel', of_platform, of_channel),
            (4, 'requester', of_platform, of_requester)
        ) AS whom (place, scope, platform, whose)
        CROSS JOIN unnest(in_widths) AS width
    WHERE whose IS NOT NULL AND NOT (width = 600000 AND scope = 'requester')
    ORDER BY place, width
    ON CONFLICT (scope, platform, whose, width, start, part) DO UPDATE
        SET spent = totals.spent + excluded.spent, held = totals.held + excluded.held,
            open = totals.open + excluded.open, started = totals.started + excluded.started;
END $$;

CREATE OR REPLACE FUNCTION totals_follow_the_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_channel TEXT := (SELECT channel FROM jobs WHERE id = NEW.job LIMIT 1);
BEGIN
    PERFORM count_in_totals(NEW.platform, NEW.workspace, of_channel, NEW.requester,
        '{60000,3600000,86400000}', NEW.at, NEW.amount, 0, 0, 0);
    RETURN NULL;
END $$;

-- A row that moves to the ended ones is deleted here and inserted there. Its start was counted when it was
-- new, and counts no more when it turns out that nobody was promised it.
CREATE OR REPLACE FUNCTION totals_follow_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_open BIGINT := 0;
    is_open BIGINT := 0;
    was_held BIGINT := 0;
    is_held BIGINT := 0;
    was_dated BOOLEAN := false;
    is_dated BOOLEAN := false;
    one RECORD;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        one := OLD;
        was_dated := OLD.stage = 'unconfirmed';
        was_held := CASE WHEN OLD.reservation_open THEN coalesce(OLD.estimate, 0) ELSE 0 END;
        was_open := (OLD.finished_at IS NULL AND NOT (was_dated AND OLD.notice_shown))::int;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        one := NEW;
        is_dated := NEW.stage = 'unconfirmed';
        is_held := CASE WHEN NEW.reservation_open THEN coalesce(NEW.estimate, 0) ELSE 0 END;
        is_open := (NEW.finished_at IS NULL AND NOT (is_dated AND NEW.notice_shown))::int;
    END IF;
    IF TG_OP = 'INSERT' AND NOT NEW.ended AND NOT is_dated AND NOT NEW.withdrawn THEN
        PERFORM count_in_totals(one.platform, one.workspace, one.channel, one.requester,
            '{0,600000}', NEW.created_at, 0, is_held, is_open, 1);
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.ended = NEW.withdrawn THEN
        PERFORM count_in_totals(one.platform, one.workspace, one.channel, one.requester,
            '{600000}', NEW.created_at, 0, 0, 0, CASE WHEN NEW.ended THEN -1 ELSE 1 END);
    END IF;
    IF was_dated AND was_held <> 0 THEN
        PERFORM count_in_totals(one.platform, one.workspace, one.channel, one.requester,
            '{60000,3600000,86400000}', OLD.stage_since, 0, -was_held, 0, 0);
        was_held := 0;
    END IF;
    IF is_dated AND is_held <> 0 THEN
        PERFORM count_in_totals(one.platform, one.workspace, one.channel, one.requester,
            '{60000,3600000,86400000}', NEW.stage_since, 0, is_held, 0, 0);
        is_held := 0;
    END IF;
    IF was_held <> is_held OR was_open <> is_open THEN
        PERFORM count_in_totals(one.platform, one.workspace, one.channel, one.requester,
            '{0}', 0, 0, is_held - was_held, is_open - was_open, 0);
    END IF;
    RETURN NULL;
END $$;

-- Triggers are added to those there are, and none is put in the place of another: that would keep readers out.
CREATE TRIGGER totals_follow_jobs_that_came AFTER INSERT ON jobs FOR EACH ROW
WHEN (NOT NEW.reservation_open AND (NOT NEW.ended OR NEW.withdrawn))
EXECUTE FUNCTION totals_follow_jobs();

CREATE TRIGGER totals_follow_open_jobs AFTER UPDATE ON jobs FOR EACH ROW
WHEN ((OLD.stage = 'unconfirmed' AND OLD.notice_shown) <> (NEW.stage = 'unconfirmed' AND NEW.notice_shown)
    AND NOT ((OLD.reservation_open OR NEW.reservation_open)
        AND (OLD.reservation_open <> NEW.reservation_open
            OR OLD.estimate IS DISTINCT FROM NEW.estimate
            OR (OLD.stage = 'unconfirmed') <> (NEW.stage = 'unconfirmed')
            OR (NEW.stage = 'unconfirmed' AND OLD.stage_since <> NEW.stage_since))))
EXECUTE FUNCTION totals_follow_jobs();

CREATE TRIGGER totals_follow_settled_jobs_that_go AFTER DELETE ON jobs FOR EACH ROW
WHEN (NOT OLD.reservation_open)
EXECUTE FUNCTION totals_follow_jobs();

DROP FUNCTION add_to_totals(TEXT, TEXT, TEXT, BOOLEAN, BIGINT, BIGINT, BIGINT);

DELETE FROM totals;
INSERT INTO totals (scope, platform, whose, width, start, part, spent, held, open, started)
SELECT scope, platform, whose, width, start, 0, spent, held, open, started FROM totals_from_rows;
