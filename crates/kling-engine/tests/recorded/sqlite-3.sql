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
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat011bq9pjwfsqb5vm09', '113809592968579492047312536163420054689', 'accepted', 0, NULL, 1700000000001, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000001, 1700000000001, 1700000000001, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat02x17ecytjdpfaxp2w', '175570312228355470586281408598013432456', 'collected', 1, 1700000030002, 1700000000002, 1, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000002, 1700000000002, 1700000000002, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat03tfcy27gxvkf1abb5', '198108468756636224344630277906630439014', 'submitting', 2, 1700000030003, 1700000000003, 2, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, 0, 1700000000003, 1700000000003, 1700000000003, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat042ermtr6a3f3gphnw', '315528626133740634686701146439869008344', 'unconfirmed', 3, 1700000030004, 1700000000004, 3, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, 0, 1700000000004, 1700000000004, 1700000000004, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat05628saaj24ggnf7wt', '33105436542665429690857606641752518349', 'submitted', 3, 1700000030005, 1700000000005, 4, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, NULL, 0, 1700000000005, 1700000000005, 1700000000005, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat06v53chm5yykfy56qw', '314653588299952545794354776198741975612', 'running', 4, 1700000030006, 1700000000006, 5, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, 40, NULL, 0, 1700000000006, 1700000000006, 1700000000006, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat07mwmj1edexhy0r1zx', '270460350329412993599904924218230302463', 'fetched', 5, 1700000030007, 1700000000007, 6, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', '{"revision":1,"assets":[{"url":"https://cdn.example.com/out.png?sig=5ec2e7","media_type":"image/png"}],"cost":{"amount":90000000,"source":"reported"}}', NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', 0, 1700000000007, 1700000000007, 1700000000007, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat08ec757cbzmw611s39', '227033092698806904859487755686626339595', 'delivering', 1, 1700000030008, 1700000000008, 7, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', 0, 1700000000008, 1700000000008, 1700000000008, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat09pte8hzf1yj886ee9', '297666169481898261527996209780000346292', 'delivered', 7, NULL, 1700000000009, 8, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', 0, 1700000000009, 1700000000009, 1700000000009, 1700000000009);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0aagr7bzvy52w3bc7z', '141312035579634486978064378722146716077', 'failed', 7, NULL, 1700000000010, 9, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', 0, 1700000000010, 1700000000010, 1700000000010, 1700000000010);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0btj92qecs5xhfa0k5', '74803079991086827395729765186213730569', 'cancelled', 7, NULL, 1700000000011, 10, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":null}', 0, 1700000000011, 1700000000011, 1700000000011, 1700000000011);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0cq11a5063bw67dynh', '298781027037039387948213359713734871166', 'expired', 7, NULL, 1700000000012, 11, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"expired","reasons":[],"charged":null}', 0, 1700000000012, 1700000000012, 1700000000012, 1700000000012);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0dcgkg64w2cpgbaztz', '54260309008860614936136175714622102643', 'cancelled', 1, NULL, 1700000000013, 0, 0, 0, 1, 0, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":false}', 0, 1700000000013, 1700000000013, 1700000000013, 1700000000013);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0e2n0t4fc015bt2yfx', '297365952922287071551718899631060874557', 'accepted', 0, NULL, 1700000000014, 1, 0, 1, 0, 0, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000014, 1700000000014, 1700000000014, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0fxg2371xg6zgw9bxg', '330253787893282606751055428747303830156', 'collected', 5, 1700000030015, 1700000000015, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'cec', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1700000000015, 1700000000015, 1700000000015, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0g2933g0cyse39wyf2', '339257662034798290131490803707682790839', 'submitted', 3, 1700000030016, 1700000000016, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'dan', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 1, 'key-1', 1700000060000, NULL, '{"revision":1,"assets":[{"url":null,"media_type":null}],"cost":null}', NULL, NULL, 0, 1700000000016, 1700000000016, 1700000000016, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0h7dsfk3ypje1yffjg', '8617607917090447942691392967466965545', 'accepted', 0, NULL, 1700000000017, 0, 0, 0, 0, 0, 'chat', NULL, 'general', 'eve "quoted" 😀
\', 'token-5ec2e7', NULL, NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'unknown', NULL, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000017, 1700000000017, 1700000000017, NULL);
INSERT INTO output_bytes (job, place, bytes) VALUES ('01hf7yat0g2933g0cyse39wyf2', 0, X'00FF89504E47');
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat011bq9pjwfsqb5vm09', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat02x17ecytjdpfaxp2w', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat03tfcy27gxvkf1abb5', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat042ermtr6a3f3gphnw', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat05628saaj24ggnf7wt', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat06v53chm5yykfy56qw', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat07mwmj1edexhy0r1zx', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat08ec757cbzmw611s39', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat09pte8hzf1yj886ee9', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0aagr7bzvy52w3bc7z', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0btj92qecs5xhfa0k5', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0cq11a5063bw67dynh', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (1, '01hf7yat011bq9pjwfsqb5vm09', 1700000000001, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (2, '01hf7yat02x17ecytjdpfaxp2w', 1700000000002, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (3, '01hf7yat02x17ecytjdpfaxp2w', 1700000000002, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (4, '01hf7yat03tfcy27gxvkf1abb5', 1700000000003, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (5, '01hf7yat03tfcy27gxvkf1abb5', 1700000000003, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (6, '01hf7yat03tfcy27gxvkf1abb5', 1700000000003, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (7, '01hf7yat042ermtr6a3f3gphnw', 1700000000004, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (8, '01hf7yat042ermtr6a3f3gphnw', 1700000000004, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (9, '01hf7yat042ermtr6a3f3gphnw', 1700000000004, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (10, '01hf7yat042ermtr6a3f3gphnw', 1700000000004, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (11, '01hf7yat05628saaj24ggnf7wt', 1700000000005, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (12, '01hf7yat05628saaj24ggnf7wt', 1700000000005, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (13, '01hf7yat05628saaj24ggnf7wt', 1700000000005, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (14, '01hf7yat05628saaj24ggnf7wt', 1700000000005, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (15, '01hf7yat06v53chm5yykfy56qw', 1700000000006, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (16, '01hf7yat06v53chm5yykfy56qw', 1700000000006, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (17, '01hf7yat06v53chm5yykfy56qw', 1700000000006, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (18, '01hf7yat06v53chm5yykfy56qw', 1700000000006, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (19, '01hf7yat06v53chm5yykfy56qw', 1700000000006, 'submitted', 'running', 'progress', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (20, '01hf7yat07mwmj1edexhy0r1zx', 1700000000007, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (21, '01hf7yat07mwmj1edexhy0r1zx', 1700000000007, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (22, '01hf7yat07mwmj1edexhy0r1zx', 1700000000007, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (23, '01hf7yat07mwmj1edexhy0r1zx', 1700000000007, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (24, '01hf7yat07mwmj1edexhy0r1zx', 1700000000007, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (25, '01hf7yat07mwmj1edexhy0r1zx', 1700000000007, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (26, '01hf7yat08ec757cbzmw611s39', 1700000000008, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (27, '01hf7yat08ec757cbzmw611s39', 1700000000008, 'accepted', 'delivering', 'ended', 'provider-failed');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (28, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (29, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (30, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (31, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (32, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (33, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (34, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (35, '01hf7yat09pte8hzf1yj886ee9', 1700000000009, 'delivering', 'delivered', 'delivered', 'result');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (36, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (37, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (38, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (39, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (40, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (41, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (42, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (43, '01hf7yat0aagr7bzvy52w3bc7z', 1700000000010, 'delivering', 'failed', 'delivered', 'provider-failed');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (44, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (45, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (46, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (47, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (48, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (49, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (50, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (51, '01hf7yat0btj92qecs5xhfa0k5', 1700000000011, 'delivering', 'cancelled', 'delivered', 'cancelled');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (52, '01hf7yat0cq11a5063bw67dynh', 1700000000012, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (53, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (54, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (55, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (56, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (57, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (58, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (59, '01hf7yat0cq11a5063bw67dynh', 1700000000012, 'delivering', 'expired', 'delivered', 'expired');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (60, '01hf7yat0dcgkg64w2cpgbaztz', 1700000000013, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (61, '01hf7yat0dcgkg64w2cpgbaztz', 1700000000013, 'accepted', 'cancelled', 'withdrawn', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (62, '01hf7yat0e2n0t4fc015bt2yfx', 1700000000014, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (63, '01hf7yat0fxg2371xg6zgw9bxg', 1700000000015, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (64, '01hf7yat0fxg2371xg6zgw9bxg', 1700000000015, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (65, '01hf7yat0fxg2371xg6zgw9bxg', 1700000000015, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (66, '01hf7yat0fxg2371xg6zgw9bxg', 1700000000015, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (67, '01hf7yat0fxg2371xg6zgw9bxg', 1700000000015, 'unconfirmed', 'unconfirmed', 'notice-shown', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (68, '01hf7yat0fxg2371xg6zgw9bxg', 1700000000015, 'unconfirmed', 'collected', 'try-again', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (69, '01hf7yat0g2933g0cyse39wyf2', 1700000000016, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (70, '01hf7yat0g2933g0cyse39wyf2', 1700000000016, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (71, '01hf7yat0g2933g0cyse39wyf2', 1700000000016, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (72, '01hf7yat0g2933g0cyse39wyf2', 1700000000016, 'submitting', 'submitted', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (73, '01hf7yat0h7dsfk3ypje1yffjg', 1700000000017, NULL, 'accepted', 'accepted', NULL);
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (1, 1700000000001, '01hf7yat011bq9pjwfsqb5vm09', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (2, 1700000000002, '01hf7yat02x17ecytjdpfaxp2w', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (3, 1700000000003, '01hf7yat03tfcy27gxvkf1abb5', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (4, 1700000000004, '01hf7yat042ermtr6a3f3gphnw', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (5, 1700000000005, '01hf7yat05628saaj24ggnf7wt', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (6, 1700000000006, '01hf7yat06v53chm5yykfy56qw', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (7, 1700000000007, '01hf7yat07mwmj1edexhy0r1zx', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (8, 1700000000007, '01hf7yat07mwmj1edexhy0r1zx', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (9, 1700000000007, '01hf7yat07mwmj1edexhy0r1zx', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (10, 1700000000008, '01hf7yat08ec757cbzmw611s39', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (11, 1700000000008, '01hf7yat08ec757cbzmw611s39', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (12, 1700000000009, '01hf7yat09pte8hzf1yj886ee9', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (13, 1700000000009, '01hf7yat09pte8hzf1yj886ee9', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (14, 1700000000009, '01hf7yat09pte8hzf1yj886ee9', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (15, 1700000000010, '01hf7yat0aagr7bzvy52w3bc7z', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (16, 1700000000010, '01hf7yat0aagr7bzvy52w3bc7z', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (17, 1700000000010, '01hf7yat0aagr7bzvy52w3bc7z', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (18, 1700000000011, '01hf7yat0btj92qecs5xhfa0k5', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (19, 1700000000011, '01hf7yat0btj92qecs5xhfa0k5', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (20, 1700000000011, '01hf7yat0btj92qecs5xhfa0k5', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (21, 1700000000012, '01hf7yat0cq11a5063bw67dynh', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (22, 1700000000012, '01hf7yat0cq11a5063bw67dynh', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (23, 1700000000012, '01hf7yat0cq11a5063bw67dynh', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (24, 1700000000013, '01hf7yat0dcgkg64w2cpgbaztz', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (25, 1700000000013, '01hf7yat0dcgkg64w2cpgbaztz', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (26, 1700000000014, '01hf7yat0e2n0t4fc015bt2yfx', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (27, 1700000000015, '01hf7yat0fxg2371xg6zgw9bxg', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (28, 1700000000015, '01hf7yat0fxg2371xg6zgw9bxg', 'unconfirmed', 1, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (29, 1700000000016, '01hf7yat0g2933g0cyse39wyf2', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (30, 1700000000016, '01hf7yat0g2933g0cyse39wyf2', 'settlement', 1, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (31, 1700000000016, '01hf7yat0g2933g0cyse39wyf2', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (32, 1700000000017, '01hf7yat0h7dsfk3ypje1yffjg', 'reservation', 0, NULL, 'unknown', 'chat', NULL, 'eve "quoted" 😀
\', 'acme', 'acme/image-1');
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('deployment', '', '', 0, 0, 0, 700000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('deployment', '', '', 60000, 1699999980000, 650000000, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('deployment', '', '', 3600000, 1699999200000, 650000000, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'ann', 0, 0, 0, 500000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 450000000, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 450000000, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'bob', 0, 0, 0, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'cec', 0, 0, 0, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 100000000, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 100000000, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'dan', 0, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'dan', 60000, 1699999980000, 100000000, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('requester', 'chat', 'dan', 3600000, 1699999200000, 100000000, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('workspace', 'chat', 'guild', 0, 0, 0, 700000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 650000000, 100000000);
INSERT INTO totals (scope, platform, whose, width, start, spent, held) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 650000000, 100000000);
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
CREATE INDEX jobs_doubted ON jobs (stage_since) WHERE stage = 'unconfirmed';
PRAGMA user_version = 3;
