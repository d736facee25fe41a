-- What budgets count, summed as it is written: for the whole deployment, each workspace and each person,
-- money that is held for open jobs, and money that was or may have been spent, by the minute and the hour.
CREATE TABLE totals (
    scope    TEXT    NOT NULL,
    platform TEXT    NOT NULL,
    whose    TEXT    NOT NULL,
    -- How long the bucket is, in milliseconds; 0 for what counts whenever it began.
    width    INTEGER NOT NULL,
    start    INTEGER NOT NULL,
    spent    INTEGER NOT NULL,
    -- Of jobs that are unconfirmed, in the bucket in which they became so: after a day they count no more.
    held     INTEGER NOT NULL,
    PRIMARY KEY (scope, platform, whose, width, start)
) STRICT, WITHOUT ROWID;

-- The same, summed from the rows: what `totals` must say at any time.
CREATE VIEW totals_from_rows AS
WITH amounts AS (
    SELECT platform, workspace, requester, at, amount AS spent, 0 AS held, 1 AS in_time FROM ledger
    WHERE kind IN ('settlement', 'unconfirmed') AND amount IS NOT NULL
    UNION ALL
    SELECT platform, workspace, requester, stage_since, 0, estimate, stage = 'unconfirmed' FROM jobs
    WHERE reservation_open = 1 AND estimate IS NOT NULL
), scoped AS (
    SELECT 'deployment' AS scope, '' AS platform, '' AS whose, at, spent, held, in_time FROM amounts
    UNION ALL
    SELECT 'workspace', platform, workspace, at, spent, held, in_time FROM amounts
    WHERE workspace IS NOT NULL
    UNION ALL
    SELECT 'requester', platform, requester, at, spent, held, in_time FROM amounts
), widths (width) AS (
    VALUES (0), (60000), (3600000)
)
SELECT scope, platform, whose, width, iif(width = 0, 0, at - at % width) AS start,
    sum(spent) AS spent, sum(held) AS held
FROM scoped JOIN widths ON (width > 0) = in_time
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO totals (scope, platform, whose, width, start, spent, held)
SELECT scope, platform, whose, width, start, spent, held FROM totals_from_rows;

CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON ledger
WHEN NEW.kind IN ('settlement', 'unconfirmed') AND NEW.amount IS NOT NULL
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held)
    SELECT scope, platform, whose, width, NEW.at - NEW.at % width, NEW.amount, 0
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (SELECT 60000 AS width UNION ALL SELECT 3600000)
    WHERE true
    ON CONFLICT DO UPDATE SET spent = spent + excluded.spent;
END;

CREATE TRIGGER totals_follow_new_jobs AFTER INSERT ON jobs
WHEN NEW.reservation_open = 1 AND NEW.estimate IS NOT NULL
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held)
    SELECT scope, platform, whose, width,
        iif(width = 0, 0, NEW.stage_since - NEW.stage_since % width), 0, NEW.estimate
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (SELECT 0 AS width UNION ALL SELECT 60000 UNION ALL SELECT 3600000)
    WHERE (width > 0) = (NEW.stage = 'unconfirmed')
    ON CONFLICT DO UPDATE SET held = held + excluded.held;
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
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (SELECT 0 AS width UNION ALL SELECT 60000 UNION ALL SELECT 3600000), (
        SELECT OLD.stage AS stage, OLD.stage_since AS since, -OLD.estimate AS amount
        WHERE OLD.reservation_open = 1
        UNION ALL
        SELECT NEW.stage, NEW.stage_since, NEW.estimate WHERE NEW.reservation_open = 1
    )
    WHERE amount IS NOT NULL AND (width > 0) = (stage = 'unconfirmed')
    ON CONFLICT DO UPDATE SET held = held + excluded.held;
END;

CREATE TRIGGER totals_follow_jobs_that_go AFTER DELETE ON jobs
WHEN OLD.reservation_open = 1 AND OLD.estimate IS NOT NULL
BEGIN
    UPDATE totals SET held = held - OLD.estimate
    WHERE (scope, platform, whose) IN (
            SELECT 'deployment', '', ''
            UNION ALL SELECT 'workspace', OLD.platform, OLD.workspace
            UNION ALL SELECT 'requester', OLD.platform, OLD.requester)
        AND (width > 0) = (OLD.stage = 'unconfirmed')
        AND start = iif(width = 0, 0, OLD.stage_since - OLD.stage_since % width);
END;

-- What is summed from the rows at the old edge of the window, where it cuts through a minute.
CREATE INDEX jobs_doubted ON jobs (stage_since) WHERE stage = 'unconfirmed';

-- Sums over the rows were read from here.
DROP INDEX jobs_reserved;
