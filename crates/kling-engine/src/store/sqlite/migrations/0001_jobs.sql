-- One row for each job. Times are milliseconds since 1970, money is nano-dollars.
CREATE TABLE jobs (
    id               TEXT    NOT NULL PRIMARY KEY,
    dedupe_key       TEXT    NOT NULL UNIQUE,
    stage            TEXT    NOT NULL,
    -- The fence: rises with every claim and every transition.
    epoch            INTEGER NOT NULL DEFAULT 0,
    lease_until      INTEGER,
    due_at           INTEGER NOT NULL,
    -- The place in the fair queue: see admit.rs.
    turn             INTEGER NOT NULL,
    tries            INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    withdrawn        INTEGER NOT NULL DEFAULT 0,
    notice_shown     INTEGER NOT NULL DEFAULT 0,

    platform         TEXT    NOT NULL,
    workspace        TEXT,
    channel          TEXT    NOT NULL,
    requester        TEXT    NOT NULL,
    reply_address    TEXT    NOT NULL,
    locale           TEXT,
    status_message   TEXT,

    request          TEXT    NOT NULL,
    provider         TEXT    NOT NULL,
    model            TEXT    NOT NULL,

    estimate_kind    TEXT    NOT NULL,
    -- What the job was expected to cost, which is what is held for it; NULL when nobody could say.
    estimate         INTEGER,
    reservation_open INTEGER NOT NULL DEFAULT 1,
    cost             INTEGER,

    attempt          INTEGER NOT NULL DEFAULT 0,
    submission_key   TEXT,
    submit_deadline  INTEGER,
    task             TEXT,
    output           TEXT,
    percent          INTEGER,
    ending           TEXT,

    -- Whether an earlier submission may have been charged.
    in_doubt         INTEGER NOT NULL DEFAULT 0,

    created_at       INTEGER NOT NULL,
    -- Since when it has waited to be submitted: accepted then, or chosen to be tried again.
    waiting_since    INTEGER NOT NULL,
    stage_since      INTEGER NOT NULL,
    finished_at      INTEGER,

    -- Which loop looks for this row; NULL when none does.
    work             TEXT GENERATED ALWAYS AS (CASE
        WHEN stage = 'accepted' THEN 'collect'
        WHEN stage = 'collected' THEN 'dispatch'
        WHEN stage = 'submitting' THEN 'rescue'
        WHEN stage IN ('submitted', 'running') AND output IS NULL THEN 'poll'
        WHEN stage IN ('submitted', 'running') THEN 'fetch'
        WHEN stage IN ('fetched', 'delivering') THEN 'deliver'
        WHEN stage = 'unconfirmed' AND notice_shown = 0 THEN 'deliver'
    END) VIRTUAL,
    -- When it can be claimed: it is due, and nobody holds it.
    ready_at         INTEGER GENERATED ALWAYS AS
        (max(due_at, coalesce(lease_until, due_at))) VIRTUAL
) STRICT;

CREATE INDEX jobs_by_turn ON jobs (work, turn, created_at, id) WHERE work IS NOT NULL;
CREATE INDEX jobs_by_ready ON jobs (work, ready_at, id) WHERE work IS NOT NULL;
CREATE INDEX jobs_waiting ON jobs (provider, turn, created_at, id)
    WHERE stage IN ('accepted', 'collected');
CREATE INDEX jobs_by_provider_turn ON jobs (provider, turn);
CREATE INDEX jobs_by_requester_turn ON jobs (platform, requester, provider, turn);
CREATE INDEX jobs_by_requester ON jobs (platform, requester, created_at);
CREATE INDEX jobs_open ON jobs (platform, requester, stage, notice_shown)
    WHERE finished_at IS NULL;
CREATE INDEX jobs_live ON jobs (created_at, id, platform)
    WHERE stage IN ('accepted', 'collected', 'submitting', 'submitted', 'running');
CREATE INDEX jobs_by_stage ON jobs (stage);
CREATE INDEX jobs_reserved ON jobs (platform, requester, workspace, stage, stage_since, estimate)
    WHERE reservation_open = 1;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- Results that came inside a provider's answer, until the archive has them.
CREATE TABLE output_bytes (
    job   TEXT    NOT NULL REFERENCES jobs (id),
    place INTEGER NOT NULL,
    bytes BLOB    NOT NULL,
    PRIMARY KEY (job, place)
) STRICT;

-- Files of a job that are in the archive.
CREATE TABLE files (
    job        TEXT    NOT NULL REFERENCES jobs (id),
    role       TEXT    NOT NULL,
    place      INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    width      INTEGER,
    height     INTEGER,
    PRIMARY KEY (job, role, place)
) STRICT;

CREATE INDEX files_by_key ON files (key);

-- What happened to a job. No prompt, address or key stands here.
CREATE TABLE transitions (
    seq        INTEGER PRIMARY KEY,
    job        TEXT    NOT NULL REFERENCES jobs (id),
    at         INTEGER NOT NULL,
    from_stage TEXT,
    to_stage   TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    detail     TEXT
) STRICT;

CREATE INDEX transitions_by_job ON transitions (job, seq);

-- Money held, let go, paid, and perhaps paid. An amount is NULL when nobody knows it.
CREATE TABLE ledger (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    job       TEXT    NOT NULL REFERENCES jobs (id),
    kind      TEXT    NOT NULL,
    -- Which submission; 0 for the job as a whole.
    attempt   INTEGER NOT NULL,
    amount    INTEGER,
    source    TEXT    NOT NULL,
    platform  TEXT    NOT NULL,
    workspace TEXT,
    requester TEXT    NOT NULL,
    provider  TEXT    NOT NULL,
    model     TEXT    NOT NULL,
    -- Nothing is held, let go or paid twice.
    UNIQUE (job, kind, attempt)
) STRICT;

CREATE INDEX ledger_spent ON ledger (at, amount)
    WHERE kind IN ('settlement', 'unconfirmed');
CREATE INDEX ledger_spent_by_requester ON ledger (platform, requester, at, amount)
    WHERE kind IN ('settlement', 'unconfirmed');
CREATE INDEX ledger_spent_by_workspace ON ledger (platform, workspace, at, amount)
    WHERE kind IN ('settlement', 'unconfirmed');

CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;

CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is only added to');
END;
