CREATE FUNCTION public.add_to_totals(of_platform text, of_workspace text, of_requester text, in_time boolean, at bigint, more_spent bigint, more_held bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.ledger_is_only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to';
END $$;
CREATE FUNCTION public.totals_follow_jobs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.totals_follow_the_ledger() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM add_to_totals(NEW.platform, NEW.workspace, NEW.requester, true, NEW.at, NEW.amount, 0);
    RETURN NULL;
END $$;
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
CREATE TABLE public.totals (
    scope text NOT NULL COLLATE pg_catalog."C",
    platform text NOT NULL COLLATE pg_catalog."C",
    whose text NOT NULL COLLATE pg_catalog."C",
    width bigint NOT NULL,
    start bigint NOT NULL,
    part bigint NOT NULL,
    spent bigint NOT NULL,
    held bigint NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='500');
CREATE VIEW public.totals_from_rows AS
 WITH amounts AS (
         SELECT ledger.platform,
            ledger.workspace,
            ledger.requester,
            ledger.at,
            ledger.amount AS spent,
            0 AS held,
            true AS in_time
           FROM public.ledger
          WHERE ((ledger.kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text])) AND (ledger.amount IS NOT NULL))
        UNION ALL
         SELECT jobs.platform,
            jobs.workspace,
            jobs.requester,
            jobs.stage_since,
            0,
            jobs.estimate,
            (jobs.stage = 'unconfirmed'::text)
           FROM public.jobs
          WHERE (jobs.reservation_open AND (jobs.estimate IS NOT NULL))
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
    (sum(amounts.held))::bigint AS held
   FROM ((amounts
     CROSS JOIN LATERAL ( VALUES ('deployment'::text,''::text,''::text), ('workspace'::text,amounts.platform,amounts.workspace), ('requester'::text,amounts.platform,amounts.requester)) whom(scope, platform, whose))
     JOIN ( VALUES ((0)::bigint), (60000), (3600000)) widths(width) ON (((widths.width > 0) = amounts.in_time)))
  WHERE (whom.whose IS NOT NULL)
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
INSERT INTO public.commands (dedupe_key, job) VALUES ('207419241270818861059523458518178177580', '01hf7yat019v0t5pcdayvqy5sa');
INSERT INTO public.commands (dedupe_key, job) VALUES ('182673707559555363957133994045825902845', '01hf7yat0207z8g8z2hznzx9er');
INSERT INTO public.commands (dedupe_key, job) VALUES ('127008479931909672792658711760153937105', '01hf7yat03ev1gx12cm6f02ppt');
INSERT INTO public.commands (dedupe_key, job) VALUES ('179312937826936356018364652802693548511', '01hf7yat046td76mb5xrgcb74b');
INSERT INTO public.commands (dedupe_key, job) VALUES ('295390089816988183276775667643720500574', '01hf7yat050fppqnfkwq8n9055');
INSERT INTO public.commands (dedupe_key, job) VALUES ('91918953081153339066753856411402813917', '01hf7yat06g9ys6rr1awkpxqm1');
INSERT INTO public.commands (dedupe_key, job) VALUES ('269551700135473776948232103311046802286', '01hf7yat07wwacxc271jjak8f3');
INSERT INTO public.commands (dedupe_key, job) VALUES ('234845483300590161679008765693846136759', '01hf7yat08gb6ry86xhqqk04y5');
INSERT INTO public.commands (dedupe_key, job) VALUES ('81326509016163311856819067632041978665', '01hf7yat09gn82hrcn3jprs4wk');
INSERT INTO public.commands (dedupe_key, job) VALUES ('92590405878629292538501613844771655770', '01hf7yat0af1367s7bb726c7nq');
INSERT INTO public.commands (dedupe_key, job) VALUES ('256878706560314750160931407671932011764', '01hf7yat0b7nqwa48zg99hy0ks');
INSERT INTO public.commands (dedupe_key, job) VALUES ('170645498554917290014965947937112851066', '01hf7yat0cd66qp9a0bcfz4wa3');
INSERT INTO public.commands (dedupe_key, job) VALUES ('32061602310234935659257465249246775918', '01hf7yat0d5gb7evpskmgez8nw');
INSERT INTO public.commands (dedupe_key, job) VALUES ('169581625841089549524841866693264315603', '01hf7yat0efta61sj6zj2zerzv');
INSERT INTO public.commands (dedupe_key, job) VALUES ('72575070679153128459965368035366697609', '01hf7yat0f351f242b173mp7ff');
INSERT INTO public.commands (dedupe_key, job) VALUES ('300508280868000130559608009677519501404', '01hf7yat0gds17n2tjsyc287bp');
INSERT INTO public.commands (dedupe_key, job) VALUES ('240010097617784388813081183248211628051', '01hf7yat0h2ywk1sw0xm3cm2qf');
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat019v0t5pcdayvqy5sa', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0207z8g8z2hznzx9er', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat03ev1gx12cm6f02ppt', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat046td76mb5xrgcb74b', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat050fppqnfkwq8n9055', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat06g9ys6rr1awkpxqm1', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat07wwacxc271jjak8f3', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat08gb6ry86xhqqk04y5', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat09gn82hrcn3jprs4wk', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0af1367s7bb726c7nq', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0b7nqwa48zg99hy0ks', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0cd66qp9a0bcfz4wa3', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat09gn82hrcn3jprs4wk', true, '81326509016163311856819067632041978665', 'delivered', 7, NULL, 1700000000009, 8, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', false, 1700000000009, 1700000000009, 1700000000009, 1700000000009);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0af1367s7bb726c7nq', true, '92590405878629292538501613844771655770', 'failed', 7, NULL, 1700000000010, 9, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', false, 1700000000010, 1700000000010, 1700000000010, 1700000000010);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0b7nqwa48zg99hy0ks', true, '256878706560314750160931407671932011764', 'cancelled', 7, NULL, 1700000000011, 10, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":null}', false, 1700000000011, 1700000000011, 1700000000011, 1700000000011);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0cd66qp9a0bcfz4wa3', true, '170645498554917290014965947937112851066', 'expired', 7, NULL, 1700000000012, 11, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"expired","reasons":[],"charged":null}', false, 1700000000012, 1700000000012, 1700000000012, 1700000000012);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0d5gb7evpskmgez8nw', true, '32061602310234935659257465249246775918', 'cancelled', 1, NULL, 1700000000013, 0, 0, false, true, false, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":false}', false, 1700000000013, 1700000000013, 1700000000013, 1700000000013);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat019v0t5pcdayvqy5sa', false, '207419241270818861059523458518178177580', 'accepted', 0, NULL, 1700000000001, 0, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000001, 1700000000001, 1700000000001, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0207z8g8z2hznzx9er', false, '182673707559555363957133994045825902845', 'collected', 1, 1700000030002, 1700000000002, 1, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000002, 1700000000002, 1700000000002, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat03ev1gx12cm6f02ppt', false, '127008479931909672792658711760153937105', 'submitting', 2, 1700000030003, 1700000000003, 2, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, false, 1700000000003, 1700000000003, 1700000000003, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat046td76mb5xrgcb74b', false, '179312937826936356018364652802693548511', 'unconfirmed', 3, 1700000030004, 1700000000004, 3, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, false, 1700000000004, 1700000000004, 1700000000004, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat050fppqnfkwq8n9055', false, '295390089816988183276775667643720500574', 'submitted', 3, 1700000030005, 1700000000005, 4, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, NULL, false, 1700000000005, 1700000000005, 1700000000005, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat06g9ys6rr1awkpxqm1', false, '91918953081153339066753856411402813917', 'running', 4, 1700000030006, 1700000000006, 5, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, 40, NULL, false, 1700000000006, 1700000000006, 1700000000006, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat07wwacxc271jjak8f3', false, '269551700135473776948232103311046802286', 'fetched', 5, 1700000030007, 1700000000007, 6, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', '{"revision":1,"assets":[{"url":"https://cdn.example.com/out.png?sig=5ec2e7","media_type":"image/png"}],"cost":{"amount":90000000,"source":"reported"}}', NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', false, 1700000000007, 1700000000007, 1700000000007, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0efta61sj6zj2zerzv', false, '169581625841089549524841866693264315603', 'accepted', 0, NULL, 1700000000014, 1, 0, true, false, false, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000014, 1700000000014, 1700000000014, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat08gb6ry86xhqqk04y5', false, '234845483300590161679008765693846136759', 'delivering', 1, 1700000030008, 1700000000008, 7, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', false, 1700000000008, 1700000000008, 1700000000008, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0f351f242b173mp7ff', false, '72575070679153128459965368035366697609', 'collected', 5, 1700000030015, 1700000000015, 0, 0, false, false, false, 'chat', 'guild', 'general', 'cec', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, true, 1700000000015, 1700000000015, 1700000000015, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0h2ywk1sw0xm3cm2qf', false, '240010097617784388813081183248211628051', 'accepted', 0, NULL, 1700000000017, 0, 0, false, false, false, 'chat', NULL, 'general', 'eve "quoted" 😀
\', 'token-5ec2e7', NULL, NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'unknown', NULL, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000017, 1700000000017, 1700000000017, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0gds17n2tjsyc287bp', false, '300508280868000130559608009677519501404', 'submitted', 3, 1700000030016, 1700000000016, 0, 0, false, false, false, 'chat', 'guild', 'general', 'dan', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 1, 'key-1', 1700000060000, NULL, '{"revision":1,"assets":[{"url":null,"media_type":null}],"cost":null}', NULL, NULL, false, 1700000000016, 1700000000016, 1700000000016, NULL);
INSERT INTO public.kling_steps (step, "least", at) VALUES (1, 1, '2026-11-20 14:36:29.221069+00');
INSERT INTO public.kling_steps (step, "least", at) VALUES (2, 1, '2026-11-20 14:36:29.288188+00');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (1, 1700000000001, '01hf7yat019v0t5pcdayvqy5sa', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (2, 1700000000002, '01hf7yat0207z8g8z2hznzx9er', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (3, 1700000000003, '01hf7yat03ev1gx12cm6f02ppt', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (4, 1700000000004, '01hf7yat046td76mb5xrgcb74b', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (5, 1700000000005, '01hf7yat050fppqnfkwq8n9055', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (6, 1700000000006, '01hf7yat06g9ys6rr1awkpxqm1', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (7, 1700000000007, '01hf7yat07wwacxc271jjak8f3', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (8, 1700000000007, '01hf7yat07wwacxc271jjak8f3', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (9, 1700000000007, '01hf7yat07wwacxc271jjak8f3', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (10, 1700000000008, '01hf7yat08gb6ry86xhqqk04y5', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (11, 1700000000008, '01hf7yat08gb6ry86xhqqk04y5', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (12, 1700000000009, '01hf7yat09gn82hrcn3jprs4wk', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (13, 1700000000009, '01hf7yat09gn82hrcn3jprs4wk', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (14, 1700000000009, '01hf7yat09gn82hrcn3jprs4wk', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (16, 1700000000010, '01hf7yat0af1367s7bb726c7nq', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (17, 1700000000010, '01hf7yat0af1367s7bb726c7nq', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (18, 1700000000010, '01hf7yat0af1367s7bb726c7nq', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (20, 1700000000011, '01hf7yat0b7nqwa48zg99hy0ks', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (21, 1700000000011, '01hf7yat0b7nqwa48zg99hy0ks', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (22, 1700000000011, '01hf7yat0b7nqwa48zg99hy0ks', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (24, 1700000000012, '01hf7yat0cd66qp9a0bcfz4wa3', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (25, 1700000000012, '01hf7yat0cd66qp9a0bcfz4wa3', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (26, 1700000000012, '01hf7yat0cd66qp9a0bcfz4wa3', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (28, 1700000000013, '01hf7yat0d5gb7evpskmgez8nw', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (29, 1700000000013, '01hf7yat0d5gb7evpskmgez8nw', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (30, 1700000000014, '01hf7yat0efta61sj6zj2zerzv', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (31, 1700000000015, '01hf7yat0f351f242b173mp7ff', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (32, 1700000000015, '01hf7yat0f351f242b173mp7ff', 'unconfirmed', 1, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (33, 1700000000016, '01hf7yat0gds17n2tjsyc287bp', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (34, 1700000000016, '01hf7yat0gds17n2tjsyc287bp', 'settlement', 1, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (35, 1700000000016, '01hf7yat0gds17n2tjsyc287bp', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (36, 1700000000017, '01hf7yat0h2ywk1sw0xm3cm2qf', 'reservation', 0, NULL, 'unknown', 'chat', NULL, 'eve "quoted" 😀
\', 'acme', 'acme/image-1');
INSERT INTO public.output_bytes (job, place, bytes) VALUES ('01hf7yat0gds17n2tjsyc287bp', 0, '\x00ff89504e47');
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 0, 0, 9, 0, 600000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 0, 0, 3, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 0, 0, 9, 0, 600000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 4, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 4, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 0, 0, 4, 0, -200000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 3, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 3, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'bob', 0, 0, 4, 0, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 0, 0, 4, 0, -200000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 0, 0, 4, 0, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 0, 0, 0, 0, 300000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 0, 0, 0, 0, 300000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 0, 0, 9, 0, 400000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 0, 0, 3, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 0, 0, 3, 0, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 0, 0, 0, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 60000, 1699999980000, 0, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 3600000, 1699999200000, 0, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 0, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 0, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'dan', 0, 0, 4, 0, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 60000, 1699999980000, 4, 380000000, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 3600000, 1699999200000, 4, 380000000, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 4, 380000000, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 0, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 0, 180000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 0, 0, 4, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 4, 380000000, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 0, 0, 3, 0, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 60000, 1699999980000, 3, 0, 200000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 3600000, 1699999200000, 3, 0, 200000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 3, 0, 200000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 3, 0, 200000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 4, 100000000, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 4, 100000000, -100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 60000, 1699999980000, 9, 90000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('deployment', '', '', 3600000, 1699999200000, 9, 90000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 9, 90000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 9, 90000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 9, 90000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 9, 90000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'bob', 0, 0, 9, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'dan', 0, 0, 9, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'bob', 0, 0, 0, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 0, 0, 0, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 3, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 3, 0, 100000000);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'dan', 60000, 1699999980000, 4, 100000000, 0);
INSERT INTO public.totals (scope, platform, whose, width, start, part, spent, held) VALUES ('requester', 'chat', 'dan', 3600000, 1699999200000, 4, 100000000, 0);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (1, '01hf7yat019v0t5pcdayvqy5sa', 1700000000001, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (2, '01hf7yat0207z8g8z2hznzx9er', 1700000000002, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (3, '01hf7yat0207z8g8z2hznzx9er', 1700000000002, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (4, '01hf7yat03ev1gx12cm6f02ppt', 1700000000003, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (5, '01hf7yat03ev1gx12cm6f02ppt', 1700000000003, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (6, '01hf7yat03ev1gx12cm6f02ppt', 1700000000003, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (7, '01hf7yat046td76mb5xrgcb74b', 1700000000004, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (8, '01hf7yat046td76mb5xrgcb74b', 1700000000004, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (9, '01hf7yat046td76mb5xrgcb74b', 1700000000004, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (10, '01hf7yat046td76mb5xrgcb74b', 1700000000004, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (11, '01hf7yat050fppqnfkwq8n9055', 1700000000005, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (12, '01hf7yat050fppqnfkwq8n9055', 1700000000005, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (13, '01hf7yat050fppqnfkwq8n9055', 1700000000005, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (14, '01hf7yat050fppqnfkwq8n9055', 1700000000005, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (15, '01hf7yat06g9ys6rr1awkpxqm1', 1700000000006, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (16, '01hf7yat06g9ys6rr1awkpxqm1', 1700000000006, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (17, '01hf7yat06g9ys6rr1awkpxqm1', 1700000000006, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (18, '01hf7yat06g9ys6rr1awkpxqm1', 1700000000006, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (19, '01hf7yat06g9ys6rr1awkpxqm1', 1700000000006, 'submitted', 'running', 'progress', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (20, '01hf7yat07wwacxc271jjak8f3', 1700000000007, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (21, '01hf7yat07wwacxc271jjak8f3', 1700000000007, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (22, '01hf7yat07wwacxc271jjak8f3', 1700000000007, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (23, '01hf7yat07wwacxc271jjak8f3', 1700000000007, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (24, '01hf7yat07wwacxc271jjak8f3', 1700000000007, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (25, '01hf7yat07wwacxc271jjak8f3', 1700000000007, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (26, '01hf7yat08gb6ry86xhqqk04y5', 1700000000008, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (27, '01hf7yat08gb6ry86xhqqk04y5', 1700000000008, 'accepted', 'delivering', 'ended', 'provider-failed');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (28, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (29, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (30, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (31, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (32, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (33, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (34, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (35, '01hf7yat09gn82hrcn3jprs4wk', 1700000000009, 'delivering', 'delivered', 'delivered', 'result');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (36, '01hf7yat0af1367s7bb726c7nq', 1700000000010, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (37, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (38, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (39, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (40, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (41, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (42, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (43, '01hf7yat0af1367s7bb726c7nq', 1700000000010, 'delivering', 'failed', 'delivered', 'provider-failed');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (44, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (45, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (46, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (47, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (48, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (49, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (50, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (51, '01hf7yat0b7nqwa48zg99hy0ks', 1700000000011, 'delivering', 'cancelled', 'delivered', 'cancelled');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (52, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (53, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (54, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (55, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (56, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (57, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (58, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (59, '01hf7yat0cd66qp9a0bcfz4wa3', 1700000000012, 'delivering', 'expired', 'delivered', 'expired');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (60, '01hf7yat0d5gb7evpskmgez8nw', 1700000000013, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (61, '01hf7yat0d5gb7evpskmgez8nw', 1700000000013, 'accepted', 'cancelled', 'withdrawn', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (62, '01hf7yat0efta61sj6zj2zerzv', 1700000000014, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (63, '01hf7yat0f351f242b173mp7ff', 1700000000015, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (64, '01hf7yat0f351f242b173mp7ff', 1700000000015, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (65, '01hf7yat0f351f242b173mp7ff', 1700000000015, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (66, '01hf7yat0f351f242b173mp7ff', 1700000000015, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (67, '01hf7yat0f351f242b173mp7ff', 1700000000015, 'unconfirmed', 'unconfirmed', 'notice-shown', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (68, '01hf7yat0f351f242b173mp7ff', 1700000000015, 'unconfirmed', 'collected', 'try-again', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (69, '01hf7yat0gds17n2tjsyc287bp', 1700000000016, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (70, '01hf7yat0gds17n2tjsyc287bp', 1700000000016, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (71, '01hf7yat0gds17n2tjsyc287bp', 1700000000016, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (72, '01hf7yat0gds17n2tjsyc287bp', 1700000000016, 'submitting', 'submitted', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (73, '01hf7yat0h2ywk1sw0xm3cm2qf', 1700000000017, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'ann', 11);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'bob', 1);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'cec', 0);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'dan', 0);
INSERT INTO public.turns (provider, platform, requester, turn) VALUES ('acme', 'chat', 'eve "quoted" 😀
\', 0);
SELECT pg_catalog.setval('public.ledger_seq_seq', 36, true);
SELECT pg_catalog.setval('public.transitions_seq_seq', 73, true);
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
CREATE TRIGGER ledger_is_never_changed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_only_added_to();
CREATE TRIGGER totals_follow_jobs AFTER UPDATE ON public.jobs FOR EACH ROW WHEN (((old.reservation_open OR new.reservation_open) AND ((old.reservation_open <> new.reservation_open) OR (old.estimate IS DISTINCT FROM new.estimate) OR ((old.stage = 'unconfirmed'::text) <> (new.stage = 'unconfirmed'::text)) OR ((new.stage = 'unconfirmed'::text) AND (old.stage_since <> new.stage_since))))) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_jobs_that_go AFTER DELETE ON public.jobs FOR EACH ROW WHEN (old.reservation_open) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_new_jobs AFTER INSERT ON public.jobs FOR EACH ROW WHEN (new.reservation_open) EXECUTE FUNCTION public.totals_follow_jobs();
CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON public.ledger FOR EACH ROW WHEN (((new.kind = ANY (ARRAY['settlement'::text, 'unconfirmed'::text])) AND (new.amount IS NOT NULL))) EXECUTE FUNCTION public.totals_follow_the_ledger();
