CREATE FUNCTION public.ledger_is_only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to';
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
INSERT INTO public.commands (dedupe_key, job) VALUES ('83483442391950861951296545338215521482', '01hf7yat01gs8rhfmhefavf13q');
INSERT INTO public.commands (dedupe_key, job) VALUES ('130808150248543548528253274962239065168', '01hf7yat02h6dajfe9q3hhfncc');
INSERT INTO public.commands (dedupe_key, job) VALUES ('290932684009681327321948077829341677526', '01hf7yat031e4v0fj4pnjnyyc2');
INSERT INTO public.commands (dedupe_key, job) VALUES ('226253057526652939197596074917330281840', '01hf7yat04b591bsmer33whkzk');
INSERT INTO public.commands (dedupe_key, job) VALUES ('247511028213604522753864680703357866804', '01hf7yat05xk3hj4c00cdazv27');
INSERT INTO public.commands (dedupe_key, job) VALUES ('74407722504717944006382713787998686142', '01hf7yat06r8nfppdxt47h66h1');
INSERT INTO public.commands (dedupe_key, job) VALUES ('293579502301405555581331052273508784790', '01hf7yat073161fvx259gpd502');
INSERT INTO public.commands (dedupe_key, job) VALUES ('323934490180816918446946159185957989852', '01hf7yat08bhynt58ey90qrmcs');
INSERT INTO public.commands (dedupe_key, job) VALUES ('295831048778465839147857796189710077916', '01hf7yat09j1kzzv1annrtgq4s');
INSERT INTO public.commands (dedupe_key, job) VALUES ('128463577125738072897948065542547963753', '01hf7yat0ac32kb88hy6a8vw20');
INSERT INTO public.commands (dedupe_key, job) VALUES ('244881153527488934072599421618708339838', '01hf7yat0bf15n4f0pm5334bgn');
INSERT INTO public.commands (dedupe_key, job) VALUES ('111074056384695062550689104669226175319', '01hf7yat0ckvk9f57gs9gm2f3b');
INSERT INTO public.commands (dedupe_key, job) VALUES ('45618846334153013363384338478771323109', '01hf7yat0dp1agerszt9jdf72v');
INSERT INTO public.commands (dedupe_key, job) VALUES ('41972178263036936864744314057703454437', '01hf7yat0er0hbe23eyzq7jz8r');
INSERT INTO public.commands (dedupe_key, job) VALUES ('25048755328606957123715307487425105087', '01hf7yat0fb5yzacy6zrsp39b4');
INSERT INTO public.commands (dedupe_key, job) VALUES ('318431484135305967949264420820883033607', '01hf7yat0g4g25ws2p5ag0cht4');
INSERT INTO public.commands (dedupe_key, job) VALUES ('272782606922526128335396381969771399257', '01hf7yat0hynkrxqdhjt0s80h1');
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat01gs8rhfmhefavf13q', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat02h6dajfe9q3hhfncc', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat031e4v0fj4pnjnyyc2', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat04b591bsmer33whkzk', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat05xk3hj4c00cdazv27', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat06r8nfppdxt47h66h1', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat073161fvx259gpd502', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat08bhynt58ey90qrmcs', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat09j1kzzv1annrtgq4s', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0ac32kb88hy6a8vw20', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0bf15n4f0pm5334bgn', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0ckvk9f57gs9gm2f3b', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, NULL);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat09j1kzzv1annrtgq4s', true, '295831048778465839147857796189710077916', 'delivered', 7, NULL, 1700000000009, 8, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', false, 1700000000009, 1700000000009, 1700000000009, 1700000000009);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0ac32kb88hy6a8vw20', true, '128463577125738072897948065542547963753', 'failed', 7, NULL, 1700000000010, 9, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', false, 1700000000010, 1700000000010, 1700000000010, 1700000000010);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0bf15n4f0pm5334bgn', true, '244881153527488934072599421618708339838', 'cancelled', 7, NULL, 1700000000011, 10, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":null}', false, 1700000000011, 1700000000011, 1700000000011, 1700000000011);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0ckvk9f57gs9gm2f3b', true, '111074056384695062550689104669226175319', 'expired', 7, NULL, 1700000000012, 11, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"expired","reasons":[],"charged":null}', false, 1700000000012, 1700000000012, 1700000000012, 1700000000012);
INSERT INTO public.jobs_ended (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0dp1agerszt9jdf72v', true, '45618846334153013363384338478771323109', 'cancelled', 1, NULL, 1700000000013, 0, 0, false, true, false, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":false}', false, 1700000000013, 1700000000013, 1700000000013, 1700000000013);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat01gs8rhfmhefavf13q', false, '83483442391950861951296545338215521482', 'accepted', 0, NULL, 1700000000001, 0, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000001, 1700000000001, 1700000000001, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat02h6dajfe9q3hhfncc', false, '130808150248543548528253274962239065168', 'collected', 1, 1700000030002, 1700000000002, 1, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000002, 1700000000002, 1700000000002, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat031e4v0fj4pnjnyyc2', false, '290932684009681327321948077829341677526', 'submitting', 2, 1700000030003, 1700000000003, 2, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, false, 1700000000003, 1700000000003, 1700000000003, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat04b591bsmer33whkzk', false, '226253057526652939197596074917330281840', 'unconfirmed', 3, 1700000030004, 1700000000004, 3, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, false, 1700000000004, 1700000000004, 1700000000004, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat05xk3hj4c00cdazv27', false, '247511028213604522753864680703357866804', 'submitted', 3, 1700000030005, 1700000000005, 4, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, NULL, false, 1700000000005, 1700000000005, 1700000000005, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat06r8nfppdxt47h66h1', false, '74407722504717944006382713787998686142', 'running', 4, 1700000030006, 1700000000006, 5, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, 40, NULL, false, 1700000000006, 1700000000006, 1700000000006, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat073161fvx259gpd502', false, '293579502301405555581331052273508784790', 'fetched', 5, 1700000030007, 1700000000007, 6, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, 90000000, 1, 'key-1', 1700000060000, 'task-1', '{"revision":1,"assets":[{"url":"https://cdn.example.com/out.png?sig=5ec2e7","media_type":"image/png"}],"cost":{"amount":90000000,"source":"reported"}}', NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', false, 1700000000007, 1700000000007, 1700000000007, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat08bhynt58ey90qrmcs', false, '323934490180816918446946159185957989852', 'delivering', 1, 1700000030008, 1700000000008, 7, 0, false, false, false, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', false, 1700000000008, 1700000000008, 1700000000008, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0er0hbe23eyzq7jz8r', false, '41972178263036936864744314057703454437', 'accepted', 0, NULL, 1700000000014, 1, 0, true, false, false, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000014, 1700000000014, 1700000000014, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0fb5yzacy6zrsp39b4', false, '25048755328606957123715307487425105087', 'collected', 5, 1700000030015, 1700000000015, 0, 0, false, false, false, 'chat', 'guild', 'general', 'cec', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, true, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, true, 1700000000015, 1700000000015, 1700000000015, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0g4g25ws2p5ag0cht4', false, '318431484135305967949264420820883033607', 'submitted', 3, 1700000030016, 1700000000016, 0, 0, false, false, false, 'chat', 'guild', 'general', 'dan', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, false, NULL, 1, 'key-1', 1700000060000, NULL, '{"revision":1,"assets":[{"url":null,"media_type":null}],"cost":null}', NULL, NULL, false, 1700000000016, 1700000000016, 1700000000016, NULL);
INSERT INTO public.jobs_live (id, ended, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0hynkrxqdhjt0s80h1', false, '272782606922526128335396381969771399257', 'accepted', 0, NULL, 1700000000017, 0, 0, false, false, false, 'chat', NULL, 'general', 'eve "quoted" 😀
\', 'token-5ec2e7', NULL, NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'unknown', NULL, true, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, false, 1700000000017, 1700000000017, 1700000000017, NULL);
INSERT INTO public.kling_steps (step, "least", at) VALUES (1, 1, '2026-11-20 13:47:42.60721+00');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (1, 1700000000001, '01hf7yat01gs8rhfmhefavf13q', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (2, 1700000000002, '01hf7yat02h6dajfe9q3hhfncc', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (3, 1700000000003, '01hf7yat031e4v0fj4pnjnyyc2', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (4, 1700000000004, '01hf7yat04b591bsmer33whkzk', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (5, 1700000000005, '01hf7yat05xk3hj4c00cdazv27', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (6, 1700000000006, '01hf7yat06r8nfppdxt47h66h1', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (7, 1700000000007, '01hf7yat073161fvx259gpd502', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (8, 1700000000007, '01hf7yat073161fvx259gpd502', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (9, 1700000000007, '01hf7yat073161fvx259gpd502', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (10, 1700000000008, '01hf7yat08bhynt58ey90qrmcs', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (11, 1700000000008, '01hf7yat08bhynt58ey90qrmcs', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (12, 1700000000009, '01hf7yat09j1kzzv1annrtgq4s', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (13, 1700000000009, '01hf7yat09j1kzzv1annrtgq4s', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (14, 1700000000009, '01hf7yat09j1kzzv1annrtgq4s', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (16, 1700000000010, '01hf7yat0ac32kb88hy6a8vw20', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (17, 1700000000010, '01hf7yat0ac32kb88hy6a8vw20', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (18, 1700000000010, '01hf7yat0ac32kb88hy6a8vw20', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (20, 1700000000011, '01hf7yat0bf15n4f0pm5334bgn', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (21, 1700000000011, '01hf7yat0bf15n4f0pm5334bgn', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (22, 1700000000011, '01hf7yat0bf15n4f0pm5334bgn', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (24, 1700000000012, '01hf7yat0ckvk9f57gs9gm2f3b', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (25, 1700000000012, '01hf7yat0ckvk9f57gs9gm2f3b', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (26, 1700000000012, '01hf7yat0ckvk9f57gs9gm2f3b', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (28, 1700000000013, '01hf7yat0dp1agerszt9jdf72v', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (29, 1700000000013, '01hf7yat0dp1agerszt9jdf72v', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (30, 1700000000014, '01hf7yat0er0hbe23eyzq7jz8r', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (31, 1700000000015, '01hf7yat0fb5yzacy6zrsp39b4', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (32, 1700000000015, '01hf7yat0fb5yzacy6zrsp39b4', 'unconfirmed', 1, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (33, 1700000000016, '01hf7yat0g4g25ws2p5ag0cht4', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (34, 1700000000016, '01hf7yat0g4g25ws2p5ag0cht4', 'settlement', 1, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (35, 1700000000016, '01hf7yat0g4g25ws2p5ag0cht4', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO public.ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) OVERRIDING SYSTEM VALUE VALUES (36, 1700000000017, '01hf7yat0hynkrxqdhjt0s80h1', 'reservation', 0, NULL, 'unknown', 'chat', NULL, 'eve "quoted" 😀
\', 'acme', 'acme/image-1');
INSERT INTO public.output_bytes (job, place, bytes) VALUES ('01hf7yat0g4g25ws2p5ag0cht4', 0, '\x00ff89504e47');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (1, '01hf7yat01gs8rhfmhefavf13q', 1700000000001, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (2, '01hf7yat02h6dajfe9q3hhfncc', 1700000000002, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (3, '01hf7yat02h6dajfe9q3hhfncc', 1700000000002, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (4, '01hf7yat031e4v0fj4pnjnyyc2', 1700000000003, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (5, '01hf7yat031e4v0fj4pnjnyyc2', 1700000000003, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (6, '01hf7yat031e4v0fj4pnjnyyc2', 1700000000003, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (7, '01hf7yat04b591bsmer33whkzk', 1700000000004, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (8, '01hf7yat04b591bsmer33whkzk', 1700000000004, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (9, '01hf7yat04b591bsmer33whkzk', 1700000000004, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (10, '01hf7yat04b591bsmer33whkzk', 1700000000004, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (11, '01hf7yat05xk3hj4c00cdazv27', 1700000000005, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (12, '01hf7yat05xk3hj4c00cdazv27', 1700000000005, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (13, '01hf7yat05xk3hj4c00cdazv27', 1700000000005, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (14, '01hf7yat05xk3hj4c00cdazv27', 1700000000005, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (15, '01hf7yat06r8nfppdxt47h66h1', 1700000000006, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (16, '01hf7yat06r8nfppdxt47h66h1', 1700000000006, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (17, '01hf7yat06r8nfppdxt47h66h1', 1700000000006, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (18, '01hf7yat06r8nfppdxt47h66h1', 1700000000006, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (19, '01hf7yat06r8nfppdxt47h66h1', 1700000000006, 'submitted', 'running', 'progress', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (20, '01hf7yat073161fvx259gpd502', 1700000000007, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (21, '01hf7yat073161fvx259gpd502', 1700000000007, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (22, '01hf7yat073161fvx259gpd502', 1700000000007, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (23, '01hf7yat073161fvx259gpd502', 1700000000007, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (24, '01hf7yat073161fvx259gpd502', 1700000000007, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (25, '01hf7yat073161fvx259gpd502', 1700000000007, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (26, '01hf7yat08bhynt58ey90qrmcs', 1700000000008, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (27, '01hf7yat08bhynt58ey90qrmcs', 1700000000008, 'accepted', 'delivering', 'ended', 'provider-failed');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (28, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (29, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (30, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (31, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (32, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (33, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (34, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (35, '01hf7yat09j1kzzv1annrtgq4s', 1700000000009, 'delivering', 'delivered', 'delivered', 'result');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (36, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (37, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (38, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (39, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (40, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (41, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (42, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (43, '01hf7yat0ac32kb88hy6a8vw20', 1700000000010, 'delivering', 'failed', 'delivered', 'provider-failed');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (44, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (45, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (46, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (47, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (48, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (49, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (50, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (51, '01hf7yat0bf15n4f0pm5334bgn', 1700000000011, 'delivering', 'cancelled', 'delivered', 'cancelled');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (52, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (53, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (54, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (55, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (56, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'submitted', 'running', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (57, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'running', 'fetched', 'fetched', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (58, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (59, '01hf7yat0ckvk9f57gs9gm2f3b', 1700000000012, 'delivering', 'expired', 'delivered', 'expired');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (60, '01hf7yat0dp1agerszt9jdf72v', 1700000000013, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (61, '01hf7yat0dp1agerszt9jdf72v', 1700000000013, 'accepted', 'cancelled', 'withdrawn', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (62, '01hf7yat0er0hbe23eyzq7jz8r', 1700000000014, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (63, '01hf7yat0fb5yzacy6zrsp39b4', 1700000000015, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (64, '01hf7yat0fb5yzacy6zrsp39b4', 1700000000015, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (65, '01hf7yat0fb5yzacy6zrsp39b4', 1700000000015, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (66, '01hf7yat0fb5yzacy6zrsp39b4', 1700000000015, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (67, '01hf7yat0fb5yzacy6zrsp39b4', 1700000000015, 'unconfirmed', 'unconfirmed', 'notice-shown', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (68, '01hf7yat0fb5yzacy6zrsp39b4', 1700000000015, 'unconfirmed', 'collected', 'try-again', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (69, '01hf7yat0g4g25ws2p5ag0cht4', 1700000000016, NULL, 'accepted', 'accepted', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (70, '01hf7yat0g4g25ws2p5ag0cht4', 1700000000016, 'accepted', 'collected', 'collected', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (71, '01hf7yat0g4g25ws2p5ag0cht4', 1700000000016, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (72, '01hf7yat0g4g25ws2p5ag0cht4', 1700000000016, 'submitting', 'submitted', 'finished', NULL);
INSERT INTO public.transitions (seq, job, at, from_stage, to_stage, event, detail) OVERRIDING SYSTEM VALUE VALUES (73, '01hf7yat0hynkrxqdhjt0s80h1', 1700000000017, NULL, 'accepted', 'accepted', NULL);
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
