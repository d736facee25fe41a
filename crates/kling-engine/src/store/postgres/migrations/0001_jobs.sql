-- Which command became which job: a command is one job for ever, and a name is given once.
CREATE TABLE commands (
    dedupe_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job        TEXT COLLATE "C" NOT NULL UNIQUE
);

-- The last turn that each person took in the fair queue of a provider: see admit.rs.
CREATE TABLE turns (
    provider  TEXT COLLATE "C" NOT NULL,
    platform  TEXT COLLATE "C" NOT NULL,
    requester TEXT COLLATE "C" NOT NULL,
    turn      BIGINT NOT NULL,
    PRIMARY KEY (provider, platform, requester)
) WITH (fillfactor = 80);

CREATE INDEX turns_highest ON turns (provider, turn);

-- One row for each job. Times are milliseconds since 1970, money is nano-dollars.
CREATE TABLE jobs (
    id               TEXT COLLATE "C" NOT NULL,
    -- Whether it is at its end: such rows move to a partition of their own, which no loop looks at.
    ended            BOOLEAN NOT NULL DEFAULT false,
    dedupe_key       TEXT COLLATE "C" NOT NULL,
    stage            TEXT COLLATE "C" NOT NULL,
    -- The fence: rises with every claim and every transition.
    epoch            BIGINT  NOT NULL DEFAULT 0,
    lease_until      BIGINT,
    due_at           BIGINT  NOT NULL,
    turn             BIGINT  NOT NULL,
    tries            BIGINT  NOT NULL DEFAULT 0,
    cancel_requested BOOLEAN NOT NULL DEFAULT false,
    withdrawn        BOOLEAN NOT NULL DEFAULT false,
    notice_shown     BOOLEAN NOT NULL DEFAULT false,

    platform         TEXT COLLATE "C" NOT NULL,
    workspace        TEXT COLLATE "C",
    channel          TEXT    NOT NULL,
    requester        TEXT COLLATE "C" NOT NULL,
    reply_address    TEXT    NOT NULL,
    locale           TEXT,
    status_message   TEXT,

    request          TEXT    NOT NULL,
    provider         TEXT COLLATE "C" NOT NULL,
    model            TEXT    NOT NULL,

    estimate_kind    TEXT    NOT NULL,
    -- What the job was expected to cost, which is what is held for it; NULL when nobody could say.
    estimate         BIGINT,
    reservation_open BOOLEAN NOT NULL DEFAULT true,
    cost             BIGINT,

    attempt          BIGINT  NOT NULL DEFAULT 0,
    submission_key   TEXT,
    submit_deadline  BIGINT,
    task             TEXT,
    output           TEXT,
    percent          BIGINT,
    ending           TEXT,

    -- Whether an earlier submission may have been charged.
    in_doubt         BOOLEAN NOT NULL DEFAULT false,

    created_at       BIGINT  NOT NULL,
    -- Since when it has waited to be submitted: accepted then, or chosen to be tried again.
    waiting_since    BIGINT  NOT NULL,
    stage_since      BIGINT  NOT NULL,
    finished_at      BIGINT,

    -- Which loop looks for this row; NULL when none does.
    work             TEXT COLLATE "C" GENERATED ALWAYS AS (CASE
        WHEN stage = 'accepted' THEN 'collect'
        WHEN stage = 'collected' THEN 'dispatch'
        WHEN stage = 'submitting' THEN 'rescue'
        WHEN stage IN ('submitted', 'running') AND output IS NULL THEN 'poll'
        WHEN stage IN ('submitted', 'running') THEN 'fetch'
        WHEN stage IN ('fetched', 'delivering') THEN 'deliver'
        WHEN stage = 'unconfirmed' AND NOT notice_shown THEN 'deliver'
    END) STORED,
    -- When it can be claimed: it is due, and nobody holds it.
    ready_at         BIGINT GENERATED ALWAYS AS
        (greatest(due_at, coalesce(lease_until, due_at))) STORED,

    PRIMARY KEY (id, ended)
) PARTITION BY LIST (ended);

-- Rows here change all the time: room for new versions beside the old ones, and a broom that comes often.
CREATE TABLE jobs_live PARTITION OF jobs FOR VALUES IN (false) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500,
    autovacuum_analyze_scale_factor = 0.1
);
CREATE TABLE jobs_ended PARTITION OF jobs FOR VALUES IN (true);

CREATE INDEX jobs_by_requester ON jobs (platform, requester, created_at, id);

CREATE INDEX jobs_live_by_turn ON jobs_live (work, turn, created_at, id)
    WHERE work IN ('collect', 'dispatch');
CREATE INDEX jobs_live_by_ready ON jobs_live (work, ready_at, id) WHERE work IS NOT NULL;
CREATE INDEX jobs_live_waiting ON jobs_live (provider, turn, created_at, id)
    WHERE stage IN ('accepted', 'collected');
CREATE INDEX jobs_live_reserved ON jobs_live (platform, workspace, stage, stage_since)
    INCLUDE (estimate) WHERE reservation_open;
CREATE INDEX jobs_live_by_age ON jobs_live (created_at, id)
    WHERE stage IN ('accepted', 'collected', 'submitting', 'submitted', 'running');
CREATE INDEX jobs_live_unconfirmed ON jobs_live (stage_since, id) WHERE stage = 'unconfirmed';
CREATE INDEX jobs_ended_by_end ON jobs_ended (finished_at, id);
CREATE INDEX jobs_ended_by_stage ON jobs_ended (stage);

-- Results that came inside a provider's answer, until the archive has them.
CREATE TABLE output_bytes (
    job   TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    bytes BYTEA  NOT NULL,
    PRIMARY KEY (job, place)
);

-- Files of a job that are in the archive.
CREATE TABLE files (
    job        TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    place      BIGINT NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    sha256     TEXT   NOT NULL,
    size_bytes BIGINT NOT NULL,
    media_type TEXT   NOT NULL,
    width      BIGINT,
    height     BIGINT,
    -- How long it plays, in milliseconds, where known.
    duration_ms BIGINT,
    PRIMARY KEY (job, role, place)
);

CREATE INDEX files_by_key ON files (key);

-- What happened to a job. No prompt, address or key stands here.
CREATE TABLE transitions (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job        TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    from_stage TEXT,
    to_stage   TEXT   NOT NULL,
    event      TEXT   NOT NULL,
    detail     TEXT
);

CREATE INDEX transitions_by_job ON transitions (job, seq);

-- Money held, let go, paid, and perhaps paid. An amount is NULL when nobody knows it.
CREATE TABLE ledger (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        BIGINT NOT NULL,
    job       TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    -- Which submission; 0 for the job as a whole.
    attempt   BIGINT NOT NULL,
    amount    BIGINT,
    source    TEXT   NOT NULL,
    platform  TEXT COLLATE "C" NOT NULL,
    workspace TEXT COLLATE "C",
    requester TEXT COLLATE "C" NOT NULL,
    provider  TEXT   NOT NULL,
    model     TEXT   NOT NULL,
    -- Nothing is held, let go or paid twice.
    UNIQUE (job, kind, attempt)
);

CREATE INDEX ledger_spent ON ledger (at, amount)
    WHERE kind IN ('settlement', 'unconfirmed');
CREATE INDEX ledger_spent_by_requester ON ledger (platform, requester, at, amount)
    WHERE kind IN ('settlement', 'unconfirmed');
CREATE INDEX ledger_spent_by_workspace ON ledger (platform, workspace, at, amount)
    WHERE kind IN ('settlement', 'unconfirmed');

CREATE FUNCTION ledger_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to';
END $$;

CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_only_added_to();
