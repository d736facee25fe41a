CREATE FUNCTION public.count_in_totals(of_platform text, of_workspace text, of_channel text, of_requester text, in_widths bigint[], at bigint, more_spent bigint, more_held bigint, more_open bigint, more_started bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.ledger_holds_what_the_books_allow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.ledger_is_only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to';
END $$;
CREATE FUNCTION public.rule_changes_are_only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the record of changes is only added to';
END $$;
CREATE FUNCTION public.totals_follow_jobs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.totals_follow_the_ledger() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    of_channel TEXT := (SELECT channel FROM jobs WHERE id = NEW.job LIMIT 1);
BEGIN
    PERFORM count_in_totals(NEW.platform, NEW.workspace, of_channel, NEW.requester,
        '{60000,3600000,86400000}', NEW.at, NEW.amount, 0, 0, 0);
    RETURN NULL;
END $$;
CREATE TABLE public.accounts (
    kind text NOT NULL COLLATE pg_catalog."C",
    gives text NOT NULL COLLATE pg_catalog."C",
    takes text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT accounts_check CHECK ((takes <> gives))
);
CREATE TABLE public.commands (
    dedupe_key text NOT NULL COLLATE pg_catalog."C",
    job text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.files (
    job text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    place bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL,
    size_bytes bigint NOT NULL,
    media_type text NOT NULL,
    width bigint,
    height bigint,
    duration_ms bigint
);
CREATE TABLE public.jobs (
    id text NOT NULL COLLATE pg_catalog."C",
    ended boolean DEFAULT false NOT NULL,
    dedupe_key text NOT NULL COLLATE pg_catalog."C",
    stage text NOT NULL COLLATE pg_catalog."C",
    epoch bigint DEFAULT 0 NOT NULL,
    lease_until bigint,
    due_at bigint NOT NULL,
    turn bigint NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    cancel_requested boolean DEFAULT false NOT NULL,
    withdrawn boolean DEFAULT false NOT NULL,
    notice_shown boolean DEFAULT false NOT NULL,
    platform text NOT NULL COLLATE pg_catalog."C",
    workspace text COLLATE pg_catalog."C",
    channel text NOT NULL,
    requester text NOT NULL COLLATE pg_catalog."C",
    reply_address text NOT NULL,
    locale text,
    status_message text,
    request text NOT NULL,
    provider text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL,
    estimate_kind text NOT NULL,
    estimate bigint,
    reservation_open boolean DEFAULT true NOT NULL,
    cost bigint,
    attempt bigint DEFAULT 0 NOT NULL,
    submission_key text,
    submit_deadline bigint,
    task text,
    output text,
    percent bigint,
    ending text,
    in_doubt boolean DEFAULT false NOT NULL,
    created_at bigint NOT NULL,
    waiting_since bigint NOT NULL,
    stage_since bigint NOT NULL,
    finished_at bigint,
    work text GENERATED ALWAYS AS (
CASE
    WHEN (stage = 'accepted'::text) THEN 'collect'::text
    WHEN (stage = 'collected'::text) THEN 'dispatch'::text
    WHEN (stage = 'submitting'::text) THEN 'rescue'::text
    WHEN ((stage = ANY (ARRAY['submitted'::text, 'running'::text])) AND (output IS NULL)) THEN 'poll'::text
    WHEN (stage = ANY (ARRAY['submitted'::text, 'running'::text])) THEN 'fetch'::text
    WHEN (stage = ANY (ARRAY['fetched'::text, 'delivering'::text])) THEN 'deliver'::text
    WHEN ((stage = 'unconfirmed'::text) AND (NOT notice_shown)) THEN 'deliver'::text
    ELSE NULL::text
END) STORED COLLATE pg_catalog."C",
    ready_at bigint GENERATED ALWAYS AS (GREATEST(due_at, COALESCE(lease_until, due_at))) STORED
)
PARTITION BY LIST (ended);
CREATE TABLE public.jobs_ended (
    id text NOT NULL COLLATE pg_catalog."C",
    ended boolean DEFAULT false NOT NULL,
    dedupe_key text NOT NULL COLLATE pg_catalog."C",
    stage text NOT NULL COLLATE pg_catalog."C",
    epoch bigint DEFAULT 0 NOT NULL,
    lease_until bigint,
    due_at bigint NOT NULL,
    turn bigint NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    cancel_requested boolean DEFAULT false NOT NULL,
    withdrawn boolean DEFAULT false NOT NULL,
    notice_shown boolean DEFAULT false NOT NULL,
    platform text NOT NULL COLLATE pg_catalog."C",
    workspace text COLLATE pg_catalog."C",
    channel text NOT NULL,
    requester text NOT NULL COLLATE pg_catalog."C",
    reply_address text NOT NULL,
    locale text,
    status_message text,
    request text NOT NULL,
    provider text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL,
    estimate_kind text NOT NULL,
    estimate bigint,
    reservation_open boolean DEFAULT true NOT NULL,
    cost bigint,
    attempt bigint DEFAULT 0 NOT NULL,
    submission_key text,
    submit_deadline bigint,
    task text,
    output text,
    percent bigint,
    ending text,
    in_doubt boolean DEFAULT false NOT NULL,
    created_at bigint NOT NULL,
    waiting_since bigint NOT NULL,
    stage_since bigint NOT NULL,
    finished_at bigint,
    work text GENERATED ALWAYS AS (
CASE
    WHEN (stage = 'accepted'::text) THEN 'collect'::text
    WHEN (stage = 'collected'::text) THEN 'dispatch'::text
    WHEN (stage = 'submitting'::text) THEN 'rescue'::text
    WHEN ((stage = ANY (ARRAY['submitted'::text, 'running'::text])) AND (output IS NULL)) THEN 'poll'::text
    WHEN (stage = ANY (ARRAY['submitted'::text, 'running'::text])) THEN 'fetch'::text
    WHEN (stage = ANY (ARRAY['fetched'::text, 'delivering'::text])) THEN 'deliver'::text
    WHEN ((stage = 'unconfirmed'::text) AND (NOT notice_shown)) THEN 'deliver'::text
    ELSE NULL::text
END) STORED COLLATE pg_catalog."C",
    ready_at bigint GENERATED ALWAYS AS (GREATEST(due_at, COALESCE(lease_until, due_at))) STORED
);
CREATE TABLE public.jobs_live (
    id text NOT NULL COLLATE pg_catalog."C",
    ended boolean DEFAULT false NOT NULL,
    dedupe_key text NOT NULL COLLATE pg_catalog."C",
    stage text NOT NULL COLLATE pg_catalog."C",
    epoch bigint DEFAULT 0 NOT NULL,
    lease_until bigint,
    due_at bigint NOT NULL,
    turn bigint NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    cancel_requested boolean DEFAULT false NOT NULL,
    withdrawn boolean DEFAULT false NOT NULL,
    notice_shown boolean DEFAULT false NOT NULL,
    platform text NOT NULL COLLATE pg_catalog."C",
    workspace text COLLATE pg_catalog."C",
    channel text NOT NULL,
    requester text NOT NULL COLLATE pg_catalog."C",
    reply_address text NOT NULL,
    locale text,
    status_message text,
    request text NOT NULL,
    provider text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL,
    estimate_kind text NOT NULL,
    estimate bigint,
    reservation_open boolean DEFAULT true NOT NULL,
    cost bigint,
    attempt bigint DEFAULT 0 NOT NULL,
    submission_key text,
    submit_deadline bigint,
    task text,
    output text,
    percent bigint,
    ending text,
    in_doubt boolean DEFAULT false NOT NULL,
    created_at bigint NOT NULL,
    waiting_since bigint NOT NULL,
    stage_since bigint NOT NULL,
    finished_at bigint,
    work text GENERATED ALWAYS AS (
CASE
    WHEN (stage = 'accepted'::text) THEN 'collect'::text
    WHEN (stage = 'collected'::text) THEN 'dispatch'::text
    WHEN (stage = 'submitting'::text) THEN 'rescue'::text
    WHEN ((stage = ANY (ARRAY['submitted'::text, 'running'::text])) AND (output IS NULL)) THEN 'poll'::text
    WHEN (stage = ANY (ARRAY['submitted'::text, 'running'::text])) THEN 'fetch'::text
    WHEN (stage = ANY (ARRAY['fetched'::text, 'delivering'::text])) THEN 'deliver'::text
    WHEN ((stage = 'unconfirmed'::text) AND (NOT notice_shown)) THEN 'deliver'::text
    ELSE NULL::text
END) STORED COLLATE pg_catalog."C",
    ready_at bigint GENERATED ALWAYS AS (GREATEST(due_at, COALESCE(lease_until, due_at))) STORED
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='500', autovacuum_analyze_scale_factor='0.1');
CREATE TABLE public.kling_steps (
    step bigint NOT NULL,
    "least" bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.ledger (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    job text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    attempt bigint NOT NULL,
    amount bigint,
    source text NOT NULL,
    platform text NOT NULL COLLATE pg_catalog."C",
    workspace text COLLATE pg_catalog."C",
    requester text NOT NULL COLLATE pg_catalog."C",
    provider text NOT NULL,
    model text NOT NULL
);
ALTER TABLE public.ledger ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.output_bytes (
    job text NOT NULL COLLATE pg_catalog."C",
    place bigint NOT NULL,
    bytes bytea NOT NULL
);
CREATE VIEW public.postings AS
 SELECT ledger.seq,
    ledger.at,
    ledger.job,
    ledger.attempt,
    side.account,
    (side.sign * ledger.amount) AS amount,
    ledger.source,
    ledger.platform,
    ledger.workspace,
    ledger.requester,
    ledger.provider,
    ledger.model
   FROM ((public.ledger
     JOIN public.accounts USING (kind))
     CROSS JOIN LATERAL ( VALUES (accounts.gives,'-1'::integer), (accounts.takes,1)) side(account, sign));
CREATE TABLE public.rule_changes (
    version bigint NOT NULL,
    place text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    actor text NOT NULL,
    before text,
    after text
);
CREATE TABLE public.rules (
    place text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL
);
CREATE TABLE public.rules_version (
    one bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT rules_version_one_check CHECK ((one = 1))
);
CREATE TABLE public.totals (
    scope text NOT NULL COLLATE pg_catalog."C",
    platform text NOT NULL COLLATE pg_catalog."C",
    whose text NOT NULL COLLATE pg_catalog."C",
    width bigint NOT NULL,
    start bigint NOT NULL,
    part bigint NOT NULL,
    spent bigint NOT NULL,
    held bigint NOT NULL,
    open bigint DEFAULT 0 NOT NULL,
    started bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='500');
CREATE VIEW public.totals_from_rows AS
 WITH amounts AS (
         SELECT jobs.platform,
            jobs.workspace,
            jobs.channel,
            jobs.requester,
            ledger.at,
            ledger.amount AS spent,
            0 AS held,
            0 AS open,
            0 AS started,
            'dated'::text AS kept
           FROM (public.ledger
             JOIN public.jobs ON ((jobs.id = ledger.job)))
          WHERE ((ledger.kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text])) AND (ledger.amount IS NOT NULL))
        UNION ALL
         SELECT jobs.platform,
            jobs.workspace,
            jobs.channel,
            jobs.requester,
            jobs.stage_since,
            0,
            jobs.estimate,
            0,
            0,
                CASE jobs.stage
                    WHEN 'unconfirmed'::text THEN 'dated'::text
                    ELSE 'open'::text
                END AS "case"
           FROM public.jobs
          WHERE (jobs.reservation_open AND (jobs.estimate IS NOT NULL))
        UNION ALL
         SELECT jobs.platform,
            jobs.workspace,
            jobs.channel,
            jobs.requester,
            0,
            0,
            0,
            1,
            0,
            'open'::text
           FROM public.jobs
          WHERE ((jobs.finished_at IS NULL) AND (NOT ((jobs.stage = 'unconfirmed'::text) AND jobs.notice_shown)))
        UNION ALL
         SELECT jobs.platform,
            jobs.workspace,
            jobs.channel,
            jobs.requester,
            jobs.created_at,
            0,
            0,
            0,
            1,
            'started'::text
           FROM public.jobs
          WHERE (NOT jobs.withdrawn)
        )
 SELECT whom.scope,
    whom.platform,
    whom.whose,
    widths.width,
        CASE widths.width
            WHEN 0 THEN (0)::bigint
            ELSE (amounts.at - (amounts.at % widths.width))
        END AS start,
    (sum(amounts.spent))::bigint AS spent,
    (sum(amounts.held))::bigint AS held,
    sum(amounts.open) AS open,
    sum(amounts.started) AS started
   FROM ((amounts
     CROSS JOIN LATERAL ( VALUES ('deployment'::text,''::text,''::text), ('workspace'::text,amounts.platform,amounts.workspace), ('channel'::text,amounts.platform,amounts.channel), ('requester'::text,amounts.platform,amounts.requester)) whom(scope, platform, whose))
     JOIN ( VALUES ('open'::text,(0)::bigint), ('dated'::text,60000), ('dated'::text,3600000), ('dated'::text,86400000), ('started'::text,600000)) widths(of_kept, width) ON ((widths.of_kept = amounts.kept)))
  WHERE ((whom.whose IS NOT NULL) AND (NOT ((whom.scope = 'requester'::text) AND (amounts.kept = 'started'::text))))
  GROUP BY whom.scope, whom.platform, whom.whose, widths.width,
        CASE widths.width
            WHEN 0 THEN (0)::bigint
            ELSE (amounts.at - (amounts.at % widths.width))
        END;
CREATE TABLE public.transitions (
    seq bigint NOT NULL,
    job text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    from_stage text,
    to_stage text NOT NULL,
    event text NOT NULL,
    detail text
);
ALTER TABLE public.transitions ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.transitions_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.turns (
    provider text NOT NULL COLLATE pg_catalog."C",
    platform text NOT NULL COLLATE pg_catalog."C",
    requester text NOT NULL COLLATE pg_catalog."C",
    turn bigint NOT NULL
)
WITH (fillfactor='80');
ALTER TABLE ONLY public.jobs ATTACH PARTITION public.jobs_ended FOR VALUES IN (true);
ALTER TABLE ONLY public.jobs ATTACH PARTITION public.jobs_live FOR VALUES IN (false);
INSERT INTO public.accounts (kind, gives, takes) VALUES ('reservation', 'allowance', 'held');
INSERT INTO public.accounts (kind, gives, takes) VALUES ('release', 'held', 'allowance');
INSERT INTO public.accounts (kind, gives, takes) VALUES ('settlement', 'allowance', 'paid');
INSERT INTO public.accounts (kind, gives, takes) VALUES ('unconfirmed', 'allowance', 'in-doubt');
INSERT INTO public.commands (dedupe_key, job) VALUES ('176074156097263936766068520620259074773', '01hf7yat015bqazqwj38k89rtz');
INSERT INTO public.commands (dedupe_key, job) VALUES ('25197087086739402032959262302916472302', '01hf7yat02sjpqbg9agjvx9dc5');
INSERT INTO public.commands (dedupe_key, job) VALUES ('176393071761217595014410347669245130144', '01hf7yat03v4rpajzzc1nagkcv');
INSERT INTO public.commands (dedupe_key, job) VALUES ('57674447682414616632152144933992612840', '01hf7yat048z2ymzj7cv5xbfjs');
INSERT INTO public.commands (dedupe_key, job) VALUES ('166136684885028787943817846185485711897', '01hf7yat05xz6mp0q72hjn5ndh');
INSERT INTO public.commands (dedupe_key, job) VALUES ('314053720947693963154670213858066089354', '01hf7yat06hvjnymxd6b0j6260');
INSERT INTO public.commands (dedupe_key, job) VALUES ('307065158976143821056916520150071383939', '01hf7yat07qt4sdb8q9hxa76g6');
INSERT INTO public.commands (dedupe_key, job) VALUES ('327396221954827019829396691293878663780', '01hf7yat08ybmwzm3jx9sxnhbf');
INSERT INTO public.commands (dedupe_key, job) VALUES ('233173631286453815663790812555475265606', '01hf7yat09410rd97nnxmv4ree');
INSERT INTO public.commands (dedupe_key, job) VALUES ('9168806007597092952768567029104793945', '01hf7yat0awdhrr8f0rg6j2rye');
INSERT INTO public.commands (dedupe_key, job) VALUES ('157020772598131840992586727160163792281', '01hf7yat0b68d1fydc2btpkqgm');
INSERT INTO public.commands (dedupe_key, job) VALUES ('191156933225192762872573724645239521672', '01hf7yat0cd3ed6zsnbk89kkn3');
INSERT INTO public.commands (dedupe_key, job) VALUES ('68159322594662458454203065330403275377', '01hf7yat0dpx6rxbt1zkgdcbvv');
INSERT INTO public.commands (dedupe_key, job) VALUES ('53149913481105193479067613407750702927', '01hf7yat0egt8x0fwgrqn50e6a');
INSERT INTO public.commands (dedupe_key, job) VALUES ('4231598366158576637460508715427004282', '01hf7yat0fpexen19vf3112qw9');
INSERT INTO public.commands (dedupe_key, job) VALUES ('155821982038435696862103733150942781196', '01hf7yat0gkphbtr8ptzrr4drw');
INSERT INTO public.commands (dedupe_key, job) VALUES ('166231985875987586018784221958795114223', '01hf7yat0hz3j79bg8nqythdxv');
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat015bqazqwj38k89rtz', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat02sjpqbg9agjvx9dc5', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat03v4rpajzzc1nagkcv', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat048z2ymzj7cv5xbfjs', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat05xz6mp0q72hjn5ndh', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat06hvjnymxd6b0j6260', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat07qt4sdb8q9hxa76g6', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat08ybmwzm3jx9sxnhbf', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat09410rd97nnxmv4ree', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0awdhrr8f0rg6j2rye', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0b68d1fydc2btpkqgm', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0cd3ed6zsnbk89kkn3', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat09410rd97nnxmv4ree', true, '233173631286453815663790812555475265606', 'delivered', 7, NULL, 1700000000009, 8, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', false, 1700000000009, 1700000000009, 1700000000009, 1700000000009);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0awdhrr8f0rg6j2rye', true, '9168806007597092952768567029104793945', 'failed', 7, NULL, 1700000000010, 9, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', false, 1700000000010, 1700000000010, 1700000000010, 1700000000010);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0b68d1fydc2btpkqgm', true, '157020772598131840992586727160163792281', 'cancelled', 7, NULL, 1700000000011, 10, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":null}', false, 1700000000011, 1700000000011, 1700000000011, 1700000000011);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0cd3ed6zsnbk89kkn3', true, '191156933225192762872573724645239521672', 'expired', 7, NULL, 1700000000012, 11, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"expired","reasons":[],"charged":null}', false, 1700000000012, 1700000000012, 1700000000012, 1700000000012);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0dpx6rxbt1zkgdcbvv', true, '68159322594662458454203065330403275377', 'cancelled', 1, NULL, 1700000000013, 0, 0, false, true, false, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":false}', false, 1700000000013, 1700000000013, 1700000000013, 1700000000013);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat015bqazqwj38k89rtz', false, '176074156097263936766068520620259074773', 'accepted', 0, NULL, 1700000000001, 0, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000001, 1700000000001, 1700000000001, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat02sjpqbg9agjvx9dc5', false, '25197087086739402032959262302916472302', 'collected', 1, 1700000030002, 1700000000002, 1, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000002, 1700000000002, 1700000000002, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat03v4rpajzzc1nagkcv', false, '176393071761217595014410347669245130144', 'submitting', 2, 1700000030003, 1700000000003, 2, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, false, 1700000000003, 1700000000003, 1700000000003, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat048z2ymzj7cv5xbfjs', false, '57674447682414616632152144933992612840', 'unconfirmed', 3, 1700000030004, 1700000000004, 3, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, false, 1700000000004, 1700000000004, 1700000000004, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat05xz6mp0q72hjn5ndh', false, '166136684885028787943817846185485711897', 'submitted', 3, 1700000030005, 1700000000005, 4, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, NULL, false, 1700000000005, 1700000000005, 1700000000005, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat06hvjnymxd6b0j6260', false, '314053720947693963154670213858066089354', 'running', 4, 1700000030006, 1700000000006, 5, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, 40, NULL, false, 1700000000006, 1700000000006, 1700000000006, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat07qt4sdb8q9hxa76g6', false, '307065158976143821056916520150071383939', 'fetched', 5, 1700000030007, 1700000000007, 6, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', '{"revision":1,"assets":[{"url":"https://cdn.example.com/out.png?sig=5ec2e7","media_type":"image/png"}],"cost":{"amount":90000000,"source":"reported"}}', NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', false, 1700000000007, 1700000000007, 1700000000007, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0egt8x0fwgrqn50e6a', false, '53149913481105193479067613407750702927', 'accepted', 0, NULL, 1700000000014, 1, 0, true, false, false, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000014, 1700000000014, 1700000000014, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat08ybmwzm3jx9sxnhbf', false, '327396221954827019829396691293878663780', 'delivering', 1, 1700000030008, 1700000000008, 7, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', false, 1700000000008, 1700000000008, 1700000000008, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0fpexen19vf3112qw9', false, '4231598366158576637460508715427004282', 'collected', 5, 1700000030015, 1700000000015, 0, 0, false, false, false, 'chat', 'guild', 'general', 'cec', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, true, 1700000000015, 1700000000015, 1700000000015, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0hz3j79bg8nqythdxv', false, '166231985875987586018784221958795114223', 'accepted', 0, NULL, 1700000000017, 0, 0, false, false, false, 'chat', NULL, 'general', 'eve "quoted" 😀
\', 'token-5ec2e7', NULL, NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'unknown', NULL, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000017, 1700000000017, 1700000000017, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0gkphbtr8ptzrr4drw', false, '155821982038435696862103733150942781196', 'submitted', 3, 1700000030016, 1700000000016, 0, 0, false, false, false, 'chat', 'guild', 'general', 'dan', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 1, 'key-1', 1700000060000, NULL, '{"revision":1,"assets":[{"url":null,"media_type":null}],"cost":null}', NULL, NULL, false, 1700000000016, 1700000000016, 1700000000016, NULL);
INSERT INTO public.kling_steps (step, "least", at) VALUES (1, 1, '2026-11-20 17:01:53.285689+00');
INSERT INTO public.kling_steps (step, "least", at) VALUES (2, 1, '2026-11-20 17:01:53.726803+00');
INSERT INTO public.kling_steps (step, "least", at) VALUES (3, 1, '2026-11-20 17:01:53.9072+00');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (1, 1700000000001, '01hf7yat015bqazqwj38k89rtz', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (2, 1700000000002, '01hf7yat02sjpqbg9agjvx9dc5', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (3, 1700000000003, '01hf7yat03v4rpajzzc1nagkcv', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (4, 1700000000004, '01hf7yat048z2ymzj7cv5xbfjs', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (5, 1700000000005, '01hf7yat05xz6mp0q72hjn5ndh', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (6, 1700000000006, '01hf7yat06hvjnymxd6b0j6260', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (7, 1700000000007, '01hf7yat07qt4sdb8q9hxa76g6', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (8, 1700000000007, '01hf7yat07qt4sdb8q9hxa76g6', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (9, 1700000000007, '01hf7yat07qt4sdb8q9hxa76g6', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (10, 1700000000008, '01hf7yat08ybmwzm3jx9sxnhbf', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (11, 1700000000008, '01hf7yat08ybmwzm3jx9sxnhbf', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (12, 1700000000009, '01hf7yat09410rd97nnxmv4ree', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (13, 1700000000009, '01hf7yat09410rd97nnxmv4ree', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (14, 1700000000009, '01hf7yat09410rd97nnxmv4ree', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (16, 1700000000010, '01hf7yat0awdhrr8f0rg6j2rye', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (17, 1700000000010, '01hf7yat0awdhrr8f0rg6j2rye', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (18, 1700000000010, '01hf7yat0awdhrr8f0rg6j2rye', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (20, 1700000000011, '01hf7yat0b68d1fydc2btpkqgm', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (21, 1700000000011, '01hf7yat0b68d1fydc2btpkqgm', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (22, 1700000000011, '01hf7yat0b68d1fydc2btpkqgm', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (24, 1700000000012, '01hf7yat0cd3ed6zsnbk89kkn3', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (25, 1700000000012, '01hf7yat0cd3ed6zsnbk89kkn3', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (26, 1700000000012, '01hf7yat0cd3ed6zsnbk89kkn3', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (28, 1700000000013, '01hf7yat0dpx6rxbt1zkgdcbvv', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (29, 1700000000013, '01hf7yat0dpx6rxbt1zkgdcbvv', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (30, 1700000000014, '01hf7yat0egt8x0fwgrqn50e6a', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (31, 1700000000015, '01hf7yat0fpexen19vf3112qw9', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (32, 1700000000015, '01hf7yat0fpexen19vf3112qw9', 'unconfirmed', 1, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (33, 1700000000016, '01hf7yat0gkphbtr8ptzrr4drw', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (34, 1700000000016, '01hf7yat0gkphbtr8ptzrr4drw', 'settlement', 1, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (35, 1700000000016, '01hf7yat0gkphbtr8ptzrr4drw', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (36, 1700000000017, '01hf7yat0hz3j79bg8nqythdxv', 'reservation', 0, NULL, 'unknown', 'chat', NULL, 'eve "quoted" 😀
\', 'acme', 'acme/image-1');
INSERT INTO public.output_bytes (job, place, bytes) VALUES ('01hf7yat0gkphbtr8ptzrr4drw', 0, '\x00ff89504e47');
INSERT INTO public.rule_changes (version, place, key, at, actor, before, after) VALUES (1, 'requester:chat:ann', 'spend-per-month', 1700000000017, 'operator', NULL, '2.50');
INSERT INTO public.rule_changes (version, place, key, at, actor, before, after) VALUES (1, 'workspace:chat:guild', 'words', 1700000000017, 'operator', NULL, '["nothing \"else\""]');
INSERT INTO public.rule_changes (version, place, key, at, actor, before, after) VALUES (2, 'requester:chat:ann', 'spend-per-month', 1700000000017, 'chat:😀', '2.50', 'none');
INSERT INTO public.rule_changes (version, place, key, at, actor, before, after) VALUES (3, 'requester:chat:ann', 'spend-per-month', 1700000000017, 'x', 'none', NULL);
INSERT INTO public.rules (place, key, value) VALUES ('workspace:chat:guild', 'words', '["nothing \"else\""]');
INSERT INTO public.rules_version (one, version) VALUES (1, 3);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 0, 0, 4, 0, 100000000, 4, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 0, 0, 4, 0, 100000000, 4, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 0, 0, 4, 0, 100000000, 4, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 60000, 1699999980000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 600000, 1699999800000, 4, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 0, 0, 4, 0, 100000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 600000, 1699999800000, 7, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 0, 0, 7, 0, 400000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 0, 0, 7, 0, 400000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 600000, 1699999800000, 4, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 600000, 1699999800000, 7, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 0, 0, 7, 0, 400000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 600000, 1699999800000, 4, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 3600000, 1699999200000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 86400000, 1699920000000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 86400000, 1699920000000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 60000, 1699999980000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 3600000, 1699999200000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 5, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 86400000, 1699920000000, 4, 280000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 0, 0, 7, 0, 300000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 600000, 1699999800000, 7, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 60000, 1699999980000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 3600000, 1699999200000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 86400000, 1699920000000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 86400000, 1699920000000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 60000, 1699999980000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 3600000, 1699999200000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 86400000, 1699920000000, 5, 190000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 0, 0, 6, 0, 200000000, 4, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 600000, 1699999800000, 6, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 600000, 1699999800000, 6, 0, 0, 0, 4);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 0, 0, 6, 0, 300000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 0, 0, 6, 0, 200000000, 3, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 0, 0, 5, 0, -200000000, -1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 5, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 86400000, 1699920000000, 5, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 600000, 1699999800000, 5, 0, 0, 0, 1);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 0, 0, 5, 0, 0, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 0, 0, 5, 0, 0, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 0, 0, 5, 0, 0, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 0, 0, 5, 0, 100000000, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 5, 100000000, -100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 5, 100000000, -100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 86400000, 1699920000000, 5, 100000000, -100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 0, 0, 6, 0, 200000000, 4, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 600000, 1699999800000, 5, 0, 0, 0, 1);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 600000, 1699999800000, 5, 0, 0, 0, 1);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'bob', 0, 0, 5, 0, 100000000, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 600000, 1699999800000, 6, 0, 0, 0, 5);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 4, 180000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 4, 180000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 86400000, 1699920000000, 4, 180000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 0, 0, 4, 0, 0, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 60000, 1699999980000, 4, 100000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 3600000, 1699999200000, 4, 100000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 86400000, 1699920000000, 4, 100000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 86400000, 1699920000000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'bob', 0, 0, 7, 0, 100000000, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 60000, 1699999980000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 3600000, 1699999200000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 86400000, 1699920000000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 86400000, 1699920000000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 60000, 1699999980000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 3600000, 1699999200000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 86400000, 1699920000000, 7, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 7, 0, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 7, 0, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 86400000, 1699920000000, 7, 0, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 0, 0, 7, 0, 0, -1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 6, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 6, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 86400000, 1699920000000, 6, 90000000, 0, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'bob', 0, 0, 6, 0, -100000000, -1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 60000, 1699999980000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 3600000, 1699999200000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('deployment', '', '', 86400000, 1699920000000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 86400000, 1699920000000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 60000, 1699999980000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 3600000, 1699999200000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('channel', 'chat', 'general', 86400000, 1699920000000, 6, 90000000, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 6, 0, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 6, 0, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 86400000, 1699920000000, 6, 0, 100000000, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 0, 0, 6, 0, 0, 1, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held, open, started) VALUES ('requester', 'chat', 'eve "quoted" 😀
\', 0, 0, 6, 0, 0, 1, 0);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (1, '01hf7yat015bqazqwj38k89rtz', 1700000000001, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (2, '01hf7yat02sjpqbg9agjvx9dc5', 1700000000002, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (3, '01hf7yat02sjpqbg9agjvx9dc5', 1700000000002, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (4, '01hf7yat03v4rpajzzc1nagkcv', 1700000000003, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (5, '01hf7yat03v4rpajzzc1nagkcv', 1700000000003, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (6, '01hf7yat03v4rpajzzc1nagkcv', 1700000000003, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (7, '01hf7yat048z2ymzj7cv5xbfjs', 1700000000004, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (8, '01hf7yat048z2ymzj7cv5xbfjs', 1700000000004, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (9, '01hf7yat048z2ymzj7cv5xbfjs', 1700000000004, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (10, '01hf7yat048z2ymzj7cv5xbfjs', 1700000000004, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (11, '01hf7yat05xz6mp0q72hjn5ndh', 1700000000005, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (12, '01hf7yat05xz6mp0q72hjn5ndh', 1700000000005, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (13, '01hf7yat05xz6mp0q72hjn5ndh', 1700000000005, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (14, '01hf7yat05xz6mp0q72hjn5ndh', 1700000000005, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (15, '01hf7yat06hvjnymxd6b0j6260', 1700000000006, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (16, '01hf7yat06hvjnymxd6b0j6260', 1700000000006, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (17, '01hf7yat06hvjnymxd6b0j6260', 1700000000006, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (18, '01hf7yat06hvjnymxd6b0j6260', 1700000000006, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (19, '01hf7yat06hvjnymxd6b0j6260', 1700000000006, 'submitted', 'running', 'progress', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (20, '01hf7yat07qt4sdb8q9hxa76g6', 1700000000007, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (21, '01hf7yat07qt4sdb8q9hxa76g6', 1700000000007, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (22, '01hf7yat07qt4sdb8q9hxa76g6', 1700000000007, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (23, '01hf7yat07qt4sdb8q9hxa76g6', 1700000000007, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (24, '01hf7yat07qt4sdb8q9hxa76g6', 1700000000007, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (25, '01hf7yat07qt4sdb8q9hxa76g6', 1700000000007, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (26, '01hf7yat08ybmwzm3jx9sxnhbf', 1700000000008, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (27, '01hf7yat08ybmwzm3jx9sxnhbf', 1700000000008, 'accepted', 'delivering', 'ended', 'provider-failed');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (28, '01hf7yat09410rd97nnxmv4ree', 1700000000009, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (29, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (30, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (31, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (32, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (33, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (34, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (35, '01hf7yat09410rd97nnxmv4ree', 1700000000009, 'delivering', 'delivered', 'delivered', 'result');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (36, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (37, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (38, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (39, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (40, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (41, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (42, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (43, '01hf7yat0awdhrr8f0rg6j2rye', 1700000000010, 'delivering', 'failed', 'delivered', 'provider-failed');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (44, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (45, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (46, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (47, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (48, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (49, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (50, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (51, '01hf7yat0b68d1fydc2btpkqgm', 1700000000011, 'delivering', 'cancelled', 'delivered', 'cancelled');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (52, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (53, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (54, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (55, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (56, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (57, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (58, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (59, '01hf7yat0cd3ed6zsnbk89kkn3', 1700000000012, 'delivering', 'expired', 'delivered', 'expired');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (60, '01hf7yat0dpx6rxbt1zkgdcbvv', 1700000000013, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (61, '01hf7yat0dpx6rxbt1zkgdcbvv', 1700000000013, 'accepted', 'cancelled', 'withdrawn', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (62, '01hf7yat0egt8x0fwgrqn50e6a', 1700000000014, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (63, '01hf7yat0fpexen19vf3112qw9', 1700000000015, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (64, '01hf7yat0fpexen19vf3112qw9', 1700000000015, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (65, '01hf7yat0fpexen19vf3112qw9', 1700000000015, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (66, '01hf7yat0fpexen19vf3112qw9', 1700000000015, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (67, '01hf7yat0fpexen19vf3112qw9', 1700000000015, 'unconfirmed', 'unconfirmed', 'notice-shown', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (68, '01hf7yat0fpexen19vf3112qw9', 1700000000015, 'unconfirmed', 'collected', 'try-again', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (69, '01hf7yat0gkphbtr8ptzrr4drw', 1700000000016, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (70, '01hf7yat0gkphbtr8ptzrr4drw', 1700000000016, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (71, '01hf7yat0gkphbtr8ptzrr4drw', 1700000000016, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (72, '01hf7yat0gkphbtr8ptzrr4drw', 1700000000016, 'submitting', 'submitted', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (73, '01hf7yat0hz3j79bg8nqythdxv', 1700000000017, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'ann', 11);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'bob', 1);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'cec', 0);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'dan', 0);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'eve "quoted" 😀
\', 0);
SELECT pg_catalog.setval('public.ledger_seq_seq', 36, true);
SELECT pg_catalog.setval('public.transitions_seq_seq', 73, true);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (kind);
ALTER TABLE ONLY public.commands
    ADD CONSTRAINT commands_job_key UNIQUE (job);
ALTER TABLE ONLY public.commands
    ADD CONSTRAINT commands_pkey PRIMARY KEY (dedupe_key);
ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (job, role, place);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id, ended);
ALTER TABLE ONLY public.jobs_ended
    ADD CONSTRAINT jobs_ended_pkey PRIMARY KEY (id, ended);
ALTER TABLE ONLY public.jobs_live
    ADD CONSTRAINT jobs_live_pkey PRIMARY KEY (id, ended);
ALTER TABLE ONLY public.kling_steps
    ADD CONSTRAINT kling_steps_pkey PRIMARY KEY (step);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_job_kind_attempt_key UNIQUE (job, kind, attempt);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.output_bytes
    ADD CONSTRAINT output_bytes_pkey PRIMARY KEY (job, place);
ALTER TABLE ONLY public.rule_changes
    ADD CONSTRAINT rule_changes_pkey PRIMARY KEY (version, place, key);
ALTER TABLE ONLY public.rules
    ADD CONSTRAINT rules_pkey PRIMARY KEY (place, key);
ALTER TABLE ONLY public.rules_version
    ADD CONSTRAINT rules_version_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.totals
    ADD CONSTRAINT totals_pkey PRIMARY KEY (scope, platform, whose, width, start, part);
ALTER TABLE ONLY public.transitions
    ADD CONSTRAINT transitions_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (provider, platform, requester);
CREATE INDEX files_by_key ON public.files USING btree (key);
CREATE INDEX jobs_by_requester ON ONLY public.jobs USING btree (platform, requester, created_at, id);
CREATE INDEX jobs_ended_by_end ON public.jobs_ended USING btree (finished_at, id);
CREATE INDEX jobs_ended_by_stage ON public.jobs_ended USING btree (stage);
CREATE INDEX jobs_ended_platform_requester_created_at_id_idx ON public.jobs_ended USING btree (platform, requester, created_at, id);
CREATE INDEX jobs_live_by_age ON public.jobs_live USING btree (created_at, id) WHERE (stage = ANY (ARRAY['accepted'::text, 'collected'::text, 'submitting'::text, 'submitted'::text, 'running'::text]));
CREATE INDEX jobs_live_by_ready ON public.jobs_live USING btree (work, ready_at, id) WHERE (work IS NOT NULL);
CREATE INDEX jobs_live_by_turn ON public.jobs_live USING btree (work, turn, created_at, id) WHERE (work = ANY (ARRAY['collect'::text, 'dispatch'::text]));
CREATE INDEX jobs_live_platform_requester_created_at_id_idx ON public.jobs_live USING btree (platform, requester, created_at, id);
CREATE INDEX jobs_live_reserved ON public.jobs_live USING btree (platform, workspace, stage, stage_since) INCLUDE (estimate) WHERE reservation_open;
CREATE INDEX jobs_live_unconfirmed ON public.jobs_live USING btree (stage_since, id) WHERE (stage = 'unconfirmed'::text);
CREATE INDEX jobs_live_waiting ON public.jobs_live USING btree (provider, turn, created_at, id) WHERE (stage = ANY (ARRAY['accepted'::text, 'collected'::text]));
CREATE INDEX ledger_spent ON public.ledger USING btree (at, amount) WHERE (kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text]));
CREATE INDEX ledger_spent_by_requester ON public.ledger USING btree (platform, requester, at, amount) WHERE (kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text]));
CREATE INDEX ledger_spent_by_workspace ON public.ledger USING btree (platform, workspace, at, amount) WHERE (kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text]));
CREATE INDEX transitions_by_job ON public.transitions USING btree (job, seq);
CREATE INDEX turns_highest ON public.turns USING btree (provider, turn);
ALTER INDEX public.jobs_pkey ATTACH PARTITION public.jobs_ended_pkey;
ALTER INDEX public.jobs_by_requester ATTACH PARTITION public.jobs_ended_platform_requester_created_at_id_idx;
ALTER INDEX public.jobs_pkey ATTACH PARTITION public.jobs_live_pkey;
ALTER INDEX public.jobs_by_requester ATTACH PARTITION public.jobs_live_platform_requester_created_at_id_idx;
CREATE TRIGGER ledger_holds_what_the_books_allow BEFORE INSERT ON public.ledger FOR EACH ROW WHEN (((new.kind <> 'reservation'::text) OR (new.amount < 0))) EXECUTE FUNCTION public.ledger_holds_what_the_books_allow();
CREATE TRIGGER ledger_is_never_changed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_only_added_to();
CREATE TRIGGER rule_changes_are_never_changed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.rule_changes FOR EACH STATEMENT EXECUTE FUNCTION public.rule_changes_are_only_added_to();
CREATE TRIGGER totals_follow_jobs AFTER UPDATE ON public.jobs FOR EACH ROW WHEN (((old.reservation_open OR new.reservation_open) AND ((old.reservation_open <> new.reservation_open) OR (old.estimate IS DISTINCT FROM new.estimate) OR ((old.stage = 'unconfirmed'::text) <> (new.stage = 'unconfirmed'::text)) OR ((new.stage = 'unconfirmed'::text) AND (old.stage_since <> new.stage_since))))) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_jobs_that_came AFTER INSERT ON public.jobs FOR EACH ROW WHEN (((NOT new.reservation_open) AND ((NOT new.ended) OR new.withdrawn))) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_jobs_that_go AFTER DELETE ON public.jobs FOR EACH ROW WHEN (old.reservation_open) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_new_jobs AFTER INSERT ON public.jobs FOR EACH ROW WHEN (new.reservation_open) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_open_jobs AFTER UPDATE ON public.jobs FOR EACH ROW WHEN (((((old.stage = 'unconfirmed'::text) AND old.notice_shown) <> ((new.stage = 'unconfirmed'::text) AND new.notice_shown)) AND (NOT ((old.reservation_open OR new.reservation_open) AND ((old.reservation_open <> new.reservation_open) OR (old.estimate IS DISTINCT FROM new.estimate) OR ((old.stage = 'unconfirmed'::text) <> (new.stage = 'unconfirmed'::text)) OR ((new.stage = 'unconfirmed'::text) AND (old.stage_since <> new.stage_since))))))) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_settled_jobs_that_go AFTER DELETE ON public.jobs FOR EACH ROW WHEN ((NOT old.reservation_open)) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON public.ledger FOR EACH ROW WHEN (((new.kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text])) AND (new.amount IS NOT NULL))) EXECUTE FUNCTION public.totals_follow_the_ledger();
