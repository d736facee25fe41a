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
CREATE TABLE output_bytes (
    job   TEXT    NOT NULL REFERENCES jobs (id),
    place INTEGER NOT NULL,
    bytes BLOB    NOT NULL,
    PRIMARY KEY (job, place)
) STRICT;
CREATE TABLE files (
    job        TEXT    NOT NULL REFERENCES jobs (id),
    role       TEXT    NOT NULL,
    place      INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    width      INTEGER,
    height     INTEGER, duration_ms INTEGER,
    PRIMARY KEY (job, role, place)
) STRICT;
CREATE TABLE transitions (
    seq        INTEGER PRIMARY KEY,
    job        TEXT    NOT NULL REFERENCES jobs (id),
    at         INTEGER NOT NULL,
    from_stage TEXT,
    to_stage   TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    detail     TEXT
) STRICT;
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
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat012vkgf4nt8qncscsa', '1104438344335165485265624412545736655', 'accepted', 0, NULL, 1700000000001, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000001, 1700000000001, 1700000000001, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat02kf482ats0dd2z26q', '73623082373830990523121037004856560701', 'collected', 1, 1700000030002, 1700000000002, 1, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000002, 1700000000002, 1700000000002, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat03f24e6gw7vt37e93k', '55727803283030262019822675006140006926', 'submitting', 2, 1700000030003, 1700000000003, 2, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, 0, 1700000000003, 1700000000003, 1700000000003, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0400td954qb20w748n', '122673661484147292538462736608065557009', 'unconfirmed', 3, 1700000030004, 1700000000004, 3, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, 0, 1700000000004, 1700000000004, 1700000000004, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat05stevt842pwvm3ame', '211285710485577237066768271325517514918', 'submitted', 3, 1700000030005, 1700000000005, 4, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, NULL, 0, 1700000000005, 1700000000005, 1700000000005, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat06dpb90hyb6f7n71en', '9422174029537378411506574237519426172', 'running', 4, 1700000030006, 1700000000006, 5, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, 40, NULL, 0, 1700000000006, 1700000000006, 1700000000006, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat075qzh3d6d76713nx9', '326467905242639926429715280940461952493', 'fetched', 5, 1700000030007, 1700000000007, 6, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', '{"revision":1,"assets":[{"url":"https://cdn.example.com/out.png?sig=5ec2e7","media_type":"image/png"}],"cost":{"amount":90000000,"source":"reported"}}', NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', 0, 1700000000007, 1700000000007, 1700000000007, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat08285p8k465s8yz64k', '269274025606276908103881064771728271375', 'delivering', 1, 1700000030008, 1700000000008, 7, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', 0, 1700000000008, 1700000000008, 1700000000008, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat099fw07g4kdt3xcdft', '238971052207624269562072238649533176106', 'delivered', 7, NULL, 1700000000009, 8, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', 0, 1700000000009, 1700000000009, 1700000000009, 1700000000009);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0a7zt5hw07qx08ysqy', '249194424989242729016563581654755741652', 'failed', 7, NULL, 1700000000010, 9, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', 0, 1700000000010, 1700000000010, 1700000000010, 1700000000010);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0bdjj0acd43ezp657c', '228555274581270102504097131358805712770', 'cancelled', 7, NULL, 1700000000011, 10, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":null}', 0, 1700000000011, 1700000000011, 1700000000011, 1700000000011);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0czjwr5abaz9va1d7w', '237982465653740097581409091800903647823', 'expired', 7, NULL, 1700000000012, 11, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"expired","reasons":[],"charged":null}', 0, 1700000000012, 1700000000012, 1700000000012, 1700000000012);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0d5nbgxw7x4v7bmnk1', '66031738006835015997616713387447437244', 'cancelled', 1, NULL, 1700000000013, 0, 0, 0, 1, 0, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":false}', 0, 1700000000013, 1700000000013, 1700000000013, 1700000000013);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0ehv77xnct17pf6t5c', '298703333779391800175122612236168058591', 'accepted', 0, NULL, 1700000000014, 1, 0, 1, 0, 0, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000014, 1700000000014, 1700000000014, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0f0n89qmxy17zxe15n', '39198287369678181927915965395492647123', 'collected', 5, 1700000030015, 1700000000015, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'cec', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1700000000015, 1700000000015, 1700000000015, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0gnf2ra1d6v36e6csp', '318933550947198381979892046730619105362', 'submitted', 3, 1700000030016, 1700000000016, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'dan', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 1, 'key-1', 1700000060000, NULL, '{"revision":1,"assets":[{"url":null,"media_type":null}],"cost":null}', NULL, NULL, 0, 1700000000016, 1700000000016, 1700000000016, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0h2nxth2aj3yccb8em', '226251396254143517507577624175200823081', 'accepted', 0, NULL, 1700000000017, 0, 0, 0, 0, 0, 'chat', NULL, 'general', 'eve "quoted" 😀
\', 'token-5ec2e7', NULL, NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'unknown', NULL, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000017, 1700000000017, 1700000000017, NULL);
INSERT INTO output_bytes (job, place, bytes) VALUES ('01hf7yat0gnf2ra1d6v36e6csp', 0, X'00FF89504E47');
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat012vkgf4nt8qncscsa', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat02kf482ats0dd2z26q', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat03f24e6gw7vt37e93k', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0400td954qb20w748n', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat05stevt842pwvm3ame', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat06dpb90hyb6f7n71en', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat075qzh3d6d76713nx9', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat08285p8k465s8yz64k', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat099fw07g4kdt3xcdft', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0a7zt5hw07qx08ysqy', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0bdjj0acd43ezp657c', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0czjwr5abaz9va1d7w', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (1, '01hf7yat012vkgf4nt8qncscsa', 1700000000001, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (2, '01hf7yat02kf482ats0dd2z26q', 1700000000002, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (3, '01hf7yat02kf482ats0dd2z26q', 1700000000002, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (4, '01hf7yat03f24e6gw7vt37e93k', 1700000000003, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (5, '01hf7yat03f24e6gw7vt37e93k', 1700000000003, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (6, '01hf7yat03f24e6gw7vt37e93k', 1700000000003, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (7, '01hf7yat0400td954qb20w748n', 1700000000004, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (8, '01hf7yat0400td954qb20w748n', 1700000000004, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (9, '01hf7yat0400td954qb20w748n', 1700000000004, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (10, '01hf7yat0400td954qb20w748n', 1700000000004, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (11, '01hf7yat05stevt842pwvm3ame', 1700000000005, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (12, '01hf7yat05stevt842pwvm3ame', 1700000000005, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (13, '01hf7yat05stevt842pwvm3ame', 1700000000005, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (14, '01hf7yat05stevt842pwvm3ame', 1700000000005, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (15, '01hf7yat06dpb90hyb6f7n71en', 1700000000006, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (16, '01hf7yat06dpb90hyb6f7n71en', 1700000000006, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (17, '01hf7yat06dpb90hyb6f7n71en', 1700000000006, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (18, '01hf7yat06dpb90hyb6f7n71en', 1700000000006, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (19, '01hf7yat06dpb90hyb6f7n71en', 1700000000006, 'submitted', 'running', 'progress', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (20, '01hf7yat075qzh3d6d76713nx9', 1700000000007, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (21, '01hf7yat075qzh3d6d76713nx9', 1700000000007, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (22, '01hf7yat075qzh3d6d76713nx9', 1700000000007, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (23, '01hf7yat075qzh3d6d76713nx9', 1700000000007, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (24, '01hf7yat075qzh3d6d76713nx9', 1700000000007, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (25, '01hf7yat075qzh3d6d76713nx9', 1700000000007, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (26, '01hf7yat08285p8k465s8yz64k', 1700000000008, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (27, '01hf7yat08285p8k465s8yz64k', 1700000000008, 'accepted', 'delivering', 'ended', 'provider-failed');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (28, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (29, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (30, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (31, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (32, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (33, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (34, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (35, '01hf7yat099fw07g4kdt3xcdft', 1700000000009, 'delivering', 'delivered', 'delivered', 'result');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (36, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (37, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (38, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (39, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (40, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (41, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (42, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (43, '01hf7yat0a7zt5hw07qx08ysqy', 1700000000010, 'delivering', 'failed', 'delivered', 'provider-failed');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (44, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (45, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (46, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (47, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (48, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (49, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (50, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (51, '01hf7yat0bdjj0acd43ezp657c', 1700000000011, 'delivering', 'cancelled', 'delivered', 'cancelled');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (52, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (53, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (54, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (55, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (56, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (57, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (58, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (59, '01hf7yat0czjwr5abaz9va1d7w', 1700000000012, 'delivering', 'expired', 'delivered', 'expired');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (60, '01hf7yat0d5nbgxw7x4v7bmnk1', 1700000000013, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (61, '01hf7yat0d5nbgxw7x4v7bmnk1', 1700000000013, 'accepted', 'cancelled', 'withdrawn', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (62, '01hf7yat0ehv77xnct17pf6t5c', 1700000000014, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (63, '01hf7yat0f0n89qmxy17zxe15n', 1700000000015, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (64, '01hf7yat0f0n89qmxy17zxe15n', 1700000000015, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (65, '01hf7yat0f0n89qmxy17zxe15n', 1700000000015, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (66, '01hf7yat0f0n89qmxy17zxe15n', 1700000000015, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (67, '01hf7yat0f0n89qmxy17zxe15n', 1700000000015, 'unconfirmed', 'unconfirmed', 'notice-shown', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (68, '01hf7yat0f0n89qmxy17zxe15n', 1700000000015, 'unconfirmed', 'collected', 'try-again', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (69, '01hf7yat0gnf2ra1d6v36e6csp', 1700000000016, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (70, '01hf7yat0gnf2ra1d6v36e6csp', 1700000000016, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (71, '01hf7yat0gnf2ra1d6v36e6csp', 1700000000016, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (72, '01hf7yat0gnf2ra1d6v36e6csp', 1700000000016, 'submitting', 'submitted', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (73, '01hf7yat0h2nxth2aj3yccb8em', 1700000000017, NULL, 'accepted', 'accepted', NULL);
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (1, 1700000000001, '01hf7yat012vkgf4nt8qncscsa', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (2, 1700000000002, '01hf7yat02kf482ats0dd2z26q', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (3, 1700000000003, '01hf7yat03f24e6gw7vt37e93k', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (4, 1700000000004, '01hf7yat0400td954qb20w748n', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (5, 1700000000005, '01hf7yat05stevt842pwvm3ame', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (6, 1700000000006, '01hf7yat06dpb90hyb6f7n71en', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (7, 1700000000007, '01hf7yat075qzh3d6d76713nx9', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (8, 1700000000007, '01hf7yat075qzh3d6d76713nx9', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (9, 1700000000007, '01hf7yat075qzh3d6d76713nx9', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (10, 1700000000008, '01hf7yat08285p8k465s8yz64k', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (11, 1700000000008, '01hf7yat08285p8k465s8yz64k', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (12, 1700000000009, '01hf7yat099fw07g4kdt3xcdft', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (13, 1700000000009, '01hf7yat099fw07g4kdt3xcdft', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (14, 1700000000009, '01hf7yat099fw07g4kdt3xcdft', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (15, 1700000000010, '01hf7yat0a7zt5hw07qx08ysqy', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (16, 1700000000010, '01hf7yat0a7zt5hw07qx08ysqy', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (17, 1700000000010, '01hf7yat0a7zt5hw07qx08ysqy', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (18, 1700000000011, '01hf7yat0bdjj0acd43ezp657c', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (19, 1700000000011, '01hf7yat0bdjj0acd43ezp657c', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (20, 1700000000011, '01hf7yat0bdjj0acd43ezp657c', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (21, 1700000000012, '01hf7yat0czjwr5abaz9va1d7w', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (22, 1700000000012, '01hf7yat0czjwr5abaz9va1d7w', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (23, 1700000000012, '01hf7yat0czjwr5abaz9va1d7w', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (24, 1700000000013, '01hf7yat0d5nbgxw7x4v7bmnk1', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (25, 1700000000013, '01hf7yat0d5nbgxw7x4v7bmnk1', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (26, 1700000000014, '01hf7yat0ehv77xnct17pf6t5c', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (27, 1700000000015, '01hf7yat0f0n89qmxy17zxe15n', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (28, 1700000000015, '01hf7yat0f0n89qmxy17zxe15n', 'unconfirmed', 1, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (29, 1700000000016, '01hf7yat0gnf2ra1d6v36e6csp', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (30, 1700000000016, '01hf7yat0gnf2ra1d6v36e6csp', 'settlement', 1, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (31, 1700000000016, '01hf7yat0gnf2ra1d6v36e6csp', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (32, 1700000000017, '01hf7yat0h2nxth2aj3yccb8em', 'reservation', 0, NULL, 'unknown', 'chat', NULL, 'eve "quoted" 😀
\', 'acme', 'acme/image-1');
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
CREATE INDEX files_by_key ON files (key);
CREATE INDEX transitions_by_job ON transitions (job, seq);
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
PRAGMA user_version = 2;
