-- What budgets count, summed as it is written: for the whole deployment, each workspace and each person,
-- money that is held for open jobs, and money that was or may have been spent, by the minute and the hour.
-- Triggers keep it, so that binaries that do not know of it keep it too.
CREATE TABLE totals (
    scope    TEXT COLLATE "C" NOT NULL,
    platform TEXT COLLATE "C" NOT NULL,
    whose    TEXT COLLATE "C" NOT NULL,
    -- How long the bucket is, in milliseconds; 0 for what counts whenever it began.
    width    BIGINT NOT NULL,
    start    BIGINT NOT NULL,
    -- Connections write to different parts of a sum, so as not to wait for each other's commits.
    part     BIGINT NOT NULL,
    spent    BIGINT NOT NULL,
    -- Of jobs that are unconfirmed, in the bucket in which they became so: after a day they count no more.
    held     BIGINT NOT NULL,
    PRIMARY KEY (scope, platform, whose, width, start, part)
) WITH (
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500
);

-- The same, summed from the rows: what `totals` must say at any time.
CREATE VIEW totals_from_rows AS
WITH amounts AS (
    SELECT platform, workspace, requester, at, amount AS spent, 0 AS held, true AS in_time FROM ledger
    WHERE kind IN ('settlement', 'unconfirmed') AND amount IS NOT NULL
    UNION ALL
    SELECT platform, workspace, requester, stage_since, 0, estimate, stage = 'unconfirmed' FROM jobs
    WHERE reservation_open AND estimate IS NOT NULL
)
SELECT scope, whom.platform, whose, width, CASE width WHEN 0 THEN 0 ELSE at - at % width END AS start,
    sum(spent)::bigint AS spent, sum(held)::bigint AS held
FROM amounts
    CROSS JOIN LATERAL (VALUES
        ('deployment', '', ''),
        ('workspace', amounts.platform, workspace),
        ('requester', amounts.platform, requester)
    ) AS whom (scope, platform, whose)
    JOIN (VALUES (0::bigint), (60000), (3600000)) AS widths (width) ON (width > 0) = in_time
WHERE whose IS NOT NULL
GROUP BY 1, 2, 3, 4, 5;

-- Adds to the sums of a job's scopes, always in the same order, so that no two deadlock.
CREATE FUNCTION add_to_totals(
    of_platform TEXT, of_workspace TEXT, of_requester TEXT, in_time BOOLEAN, at BIGINT,
    more_spent BIGINT, more_held BIGINT
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, part, spent, held)
    SELECT scope, platform, whose, width, CASE width WHEN 0 THEN 0 ELSE at - at % width END,
        pg_backend_pid() % 16, more_spent, more_held
    FROM (VALUES
            (1, 'deployment', '', ''),
            (2, 'workspace', of_platform, of_workspace),
            (3, 'requester', of_platform, of_requester)
        ) AS whom (place, scope, platform, whose)
        CROSS JOIN (VALUES (0::bigint), (60000), (3600000)) AS widths (width)
    WHERE whose IS NOT NULL AND (width > 0) = in_time
    ORDER BY place, width
    ON CONFLICT (scope, platform, whose, width, start, part) DO UPDATE
        SET spent = totals.spent + excluded.spent, held = totals.held + excluded.held;
END $$;

CREATE FUNCTION totals_follow_the_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_to_totals(NEW.platform, NEW.workspace, NEW.requester, true, NEW.at, NEW.amount, 0);
    RETURN NULL;
END $$;

-- A row that moves to the ended ones is deleted here and inserted there.
CREATE FUNCTION totals_follow_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.reservation_open AND OLD.estimate IS NOT NULL THEN
        PERFORM add_to_totals(OLD.platform, OLD.workspace, OLD.requester, OLD.stage = 'unconfirmed',
            OLD.stage_since, 0, -OLD.estimate);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.reservation_open AND NEW.estimate IS NOT NULL THEN
        PERFORM add_to_totals(NEW.platform, NEW.workspace, NEW.requester, NEW.stage = 'unconfirmed',
            NEW.stage_since, 0, NEW.estimate);
    END IF;
    RETURN NULL;
END $$;

-- Nobody writes from here to the commit, in the order in which everybody takes the tables.
LOCK TABLE jobs, ledger IN SHARE ROW EXCLUSIVE MODE;

CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON ledger FOR EACH ROW
WHEN (NEW.kind IN ('settlement', 'unconfirmed') AND NEW.amount IS NOT NULL)
EXECUTE FUNCTION totals_follow_the_ledger();

CREATE TRIGGER totals_follow_new_jobs AFTER INSERT ON jobs FOR EACH ROW
WHEN (NEW.reservation_open)
EXECUTE FUNCTION totals_follow_jobs();

CREATE TRIGGER totals_follow_jobs AFTER UPDATE ON jobs FOR EACH ROW
WHEN ((OLD.reservation_open OR NEW.reservation_open)
    AND (OLD.reservation_open <> NEW.reservation_open
        OR OLD.estimate IS DISTINCT FROM NEW.estimate
        OR (OLD.stage = 'unconfirmed') <> (NEW.stage = 'unconfirmed')
        OR (NEW.stage = 'unconfirmed' AND OLD.stage_since <> NEW.stage_since)))
EXECUTE FUNCTION totals_follow_jobs();

CREATE TRIGGER totals_follow_jobs_that_go AFTER DELETE ON jobs FOR EACH ROW
WHEN (OLD.reservation_open)
EXECUTE FUNCTION totals_follow_jobs();

INSERT INTO totals (scope, platform, whose, width, start, part, spent, held)
SELECT scope, platform, whose, width, start, 0, spent, held FROM totals_from_rows;
