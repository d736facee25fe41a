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
    held     INTEGER NOT NULL, open INTEGER NOT NULL DEFAULT 0, started INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (scope, platform, whose, width, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE rules (
    place TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (place, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE rules_version (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
CREATE TABLE rule_changes (
    version INTEGER NOT NULL,
    place   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    before  TEXT,
    after   TEXT,
    PRIMARY KEY (version, place, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
    kind  TEXT NOT NULL PRIMARY KEY,
    gives TEXT NOT NULL,
    takes TEXT NOT NULL CHECK (takes <> gives)
) STRICT, WITHOUT ROWID;
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat01ahqxywnvbarbrwp7', '28218449208694229914937885728970589534', 'accepted', 0, NULL, 1700000000001, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000001, 1700000000001, 1700000000001, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat02zefxd8gtthjebb92', '99939577954872866468685829637620026493', 'collected', 1, 1700000030002, 1700000000002, 1, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000002, 1700000000002, 1700000000002, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat038jx2zwt0pnajptvh', '228541624393694966397723595885973691114', 'submitting', 2, 1700000030003, 1700000000003, 2, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, 0, 1700000000003, 1700000000003, 1700000000003, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat04er0skj76vnaghcgf', '306319727791976368501683770924931120967', 'unconfirmed', 3, 1700000030004, 1700000000004, 3, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, NULL, NULL, NULL, NULL, 0, 1700000000004, 1700000000004, 1700000000004, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat05xpjf5n70bemva5r7', '324508626077406996996172225124426328228', 'submitted', 3, 1700000030005, 1700000000005, 4, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, NULL, 0, 1700000000005, 1700000000005, 1700000000005, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat067b6ya9b4mzrgdja8', '289564855416987351190399922492504105683', 'running', 4, 1700000030006, 1700000000006, 5, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, 'key-1', 1700000060000, 'task-1', NULL, 40, NULL, 0, 1700000000006, 1700000000006, 1700000000006, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat07xd20m9g8van2p885', '96289855118471242294680303597789796044', 'fetched', 5, 1700000030007, 1700000000007, 6, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', '{"revision":1,"assets":[{"url":"https://cdn.example.com/out.png?sig=5ec2e7","media_type":"image/png"}],"cost":{"amount":90000000,"source":"reported"}}', NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', 0, 1700000000007, 1700000000007, 1700000000007, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat08xee492xywnnkr2yr', '318786205455979748771272721994379699178', 'delivering', 1, 1700000030008, 1700000000008, 7, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', 0, 1700000000008, 1700000000008, 1700000000008, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat09v8767pt7c6d6d6pv', '334986204245765504310155780573297514756', 'delivered', 7, NULL, 1700000000009, 8, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"result","reasons":[],"charged":null}', 0, 1700000000009, 1700000000009, 1700000000009, 1700000000009);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0a3mw8mg3nrbk43pwc', '336589123463341696865220904049067302872', 'failed', 7, NULL, 1700000000010, 9, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"failed","reasons":[{"code":"provider-failed","args":{}}],"charged":null}', 0, 1700000000010, 1700000000010, 1700000000010, 1700000000010);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0b659hv87450nzgxjc', '258353711364070482976279150390680844408', 'cancelled', 7, NULL, 1700000000011, 10, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":null}', 0, 1700000000011, 1700000000011, 1700000000011, 1700000000011);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0cyfchkerqdej2qv93', '132143188600401908716462410392640605316', 'expired', 7, NULL, 1700000000012, 11, 0, 0, 0, 0, 'chat', 'guild', 'general', 'ann', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, 90000000, 1, 'key-1', 1700000060000, 'task-1', NULL, NULL, '{"revision":1,"kind":"expired","reasons":[],"charged":null}', 0, 1700000000012, 1700000000012, 1700000000012, 1700000000012);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0d31nv205yrq2h810m', '178423521476723082701450575024391488002', 'cancelled', 1, NULL, 1700000000013, 0, 0, 0, 1, 0, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, '{"revision":1,"kind":"cancelled","reasons":[],"charged":false}', 0, 1700000000013, 1700000000013, 1700000000013, 1700000000013);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0e71m36kv5ky8t6jhx', '20067242523339992703268889941302782557', 'accepted', 0, NULL, 1700000000014, 1, 0, 1, 0, 0, 'chat', 'guild', 'general', 'bob', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000014, 1700000000014, 1700000000014, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0fmcvdb21g3nx5vgq6', '216574191018978385289373110271890715752', 'collected', 5, 1700000030015, 1700000000015, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'cec', 'token-5ec2e7', 'en-GB', 'message-1', '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 1, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1700000000015, 1700000000015, 1700000000015, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0gd0ghvv536q24bz5g', '263787524157834897527877364803733001660', 'submitted', 3, 1700000030016, 1700000000016, 0, 0, 0, 0, 0, 'chat', 'guild', 'general', 'dan', 'token-5ec2e7', 'en-GB', NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'exact', 100000000, 0, NULL, 1, 'key-1', 1700000060000, NULL, '{"revision":1,"assets":[{"url":null,"media_type":null}],"cost":null}', NULL, NULL, 0, 1700000000016, 1700000000016, 1700000000016, NULL);
INSERT INTO jobs (id, dedupe_key, stage, epoch, lease_until, due_at, turn, tries, cancel_requested, withdrawn, notice_shown, platform, workspace, channel, requester, reply_address, locale, status_message, request, provider, model, estimate_kind, estimate, reservation_open, cost, attempt, submission_key, submit_deadline, task, output, percent, ending, in_doubt, created_at, waiting_since, stage_since, finished_at) VALUES ('01hf7yat0hgt6taty68fqqfgzv', '148666994892426012904506345348665377437', 'accepted', 0, NULL, 1700000000017, 0, 0, 0, 0, 0, 'chat', NULL, 'general', 'eve "quoted" 😀
\', 'token-5ec2e7', NULL, NULL, '{"revision":1,"operation":"image-to-image","prompt":"a paper boat","negative_prompt":null,"aspect_ratio":null,"resolution":null,"count":1,"format":null,"duration_seconds":null,"keep_audio":null,"provider_options":{},"inputs":[{"role":"image","element":null,"name":"a.png","source":"https://files.example.com/a.png?hm=5ec2e7","media_type":"image/png","size_bytes":1234,"width":null,"height":null,"duration_nanos":null}]}', 'acme', 'acme/image-1', 'unknown', NULL, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000017, 1700000000017, 1700000000017, NULL);
INSERT INTO output_bytes (job, place, bytes) VALUES ('01hf7yat0gd0ghvv536q24bz5g', 0, X'00FF89504E47');
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat01ahqxywnvbarbrwp7', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat02zefxd8gtthjebb92', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat038jx2zwt0pnajptvh', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat04er0skj76vnaghcgf', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat05xpjf5n70bemva5r7', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat067b6ya9b4mzrgdja8', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat07xd20m9g8van2p885', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat08xee492xywnnkr2yr', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat09v8767pt7c6d6d6pv', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0a3mw8mg3nrbk43pwc', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0b659hv87450nzgxjc', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height, duration_ms) VALUES ('01hf7yat0cyfchkerqdej2qv93', 'input', 0, 'in', 'abababababababababababababababababababababababababababababababab', 1234, 'image/png', 640, 480, 10050);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (1, '01hf7yat01ahqxywnvbarbrwp7', 1700000000001, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (2, '01hf7yat02zefxd8gtthjebb92', 1700000000002, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (3, '01hf7yat02zefxd8gtthjebb92', 1700000000002, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (4, '01hf7yat038jx2zwt0pnajptvh', 1700000000003, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (5, '01hf7yat038jx2zwt0pnajptvh', 1700000000003, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (6, '01hf7yat038jx2zwt0pnajptvh', 1700000000003, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (7, '01hf7yat04er0skj76vnaghcgf', 1700000000004, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (8, '01hf7yat04er0skj76vnaghcgf', 1700000000004, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (9, '01hf7yat04er0skj76vnaghcgf', 1700000000004, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (10, '01hf7yat04er0skj76vnaghcgf', 1700000000004, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (11, '01hf7yat05xpjf5n70bemva5r7', 1700000000005, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (12, '01hf7yat05xpjf5n70bemva5r7', 1700000000005, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (13, '01hf7yat05xpjf5n70bemva5r7', 1700000000005, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (14, '01hf7yat05xpjf5n70bemva5r7', 1700000000005, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (15, '01hf7yat067b6ya9b4mzrgdja8', 1700000000006, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (16, '01hf7yat067b6ya9b4mzrgdja8', 1700000000006, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (17, '01hf7yat067b6ya9b4mzrgdja8', 1700000000006, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (18, '01hf7yat067b6ya9b4mzrgdja8', 1700000000006, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (19, '01hf7yat067b6ya9b4mzrgdja8', 1700000000006, 'submitted', 'running', 'progress', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (20, '01hf7yat07xd20m9g8van2p885', 1700000000007, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (21, '01hf7yat07xd20m9g8van2p885', 1700000000007, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (22, '01hf7yat07xd20m9g8van2p885', 1700000000007, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (23, '01hf7yat07xd20m9g8van2p885', 1700000000007, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (24, '01hf7yat07xd20m9g8van2p885', 1700000000007, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (25, '01hf7yat07xd20m9g8van2p885', 1700000000007, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (26, '01hf7yat08xee492xywnnkr2yr', 1700000000008, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (27, '01hf7yat08xee492xywnnkr2yr', 1700000000008, 'accepted', 'delivering', 'ended', 'provider-failed');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (28, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (29, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (30, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (31, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (32, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (33, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (34, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (35, '01hf7yat09v8767pt7c6d6d6pv', 1700000000009, 'delivering', 'delivered', 'delivered', 'result');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (36, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (37, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (38, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (39, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (40, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (41, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (42, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (43, '01hf7yat0a3mw8mg3nrbk43pwc', 1700000000010, 'delivering', 'failed', 'delivered', 'provider-failed');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (44, '01hf7yat0b659hv87450nzgxjc', 1700000000011, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (45, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (46, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (47, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (48, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (49, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (50, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (51, '01hf7yat0b659hv87450nzgxjc', 1700000000011, 'delivering', 'cancelled', 'delivered', 'cancelled');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (52, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (53, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (54, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (55, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'submitting', 'submitted', 'started', 'task-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (56, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'submitted', 'running', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (57, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'running', 'fetched', 'fetched', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (58, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'fetched', 'delivering', 'delivering', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (59, '01hf7yat0cyfchkerqdej2qv93', 1700000000012, 'delivering', 'expired', 'delivered', 'expired');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (60, '01hf7yat0d31nv205yrq2h810m', 1700000000013, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (61, '01hf7yat0d31nv205yrq2h810m', 1700000000013, 'accepted', 'cancelled', 'withdrawn', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (62, '01hf7yat0e71m36kv5ky8t6jhx', 1700000000014, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (63, '01hf7yat0fmcvdb21g3nx5vgq6', 1700000000015, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (64, '01hf7yat0fmcvdb21g3nx5vgq6', 1700000000015, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (65, '01hf7yat0fmcvdb21g3nx5vgq6', 1700000000015, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (66, '01hf7yat0fmcvdb21g3nx5vgq6', 1700000000015, 'submitting', 'unconfirmed', 'lost', 'indeterminate');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (67, '01hf7yat0fmcvdb21g3nx5vgq6', 1700000000015, 'unconfirmed', 'unconfirmed', 'notice-shown', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (68, '01hf7yat0fmcvdb21g3nx5vgq6', 1700000000015, 'unconfirmed', 'collected', 'try-again', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (69, '01hf7yat0gd0ghvv536q24bz5g', 1700000000016, NULL, 'accepted', 'accepted', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (70, '01hf7yat0gd0ghvv536q24bz5g', 1700000000016, 'accepted', 'collected', 'collected', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (71, '01hf7yat0gd0ghvv536q24bz5g', 1700000000016, 'collected', 'submitting', 'intent', 'key-1');
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (72, '01hf7yat0gd0ghvv536q24bz5g', 1700000000016, 'submitting', 'submitted', 'finished', NULL);
INSERT INTO transitions (seq, job, at, from_stage, to_stage, event, detail) VALUES (73, '01hf7yat0hgt6taty68fqqfgzv', 1700000000017, NULL, 'accepted', 'accepted', NULL);
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (1, 1700000000001, '01hf7yat01ahqxywnvbarbrwp7', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (2, 1700000000002, '01hf7yat02zefxd8gtthjebb92', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (3, 1700000000003, '01hf7yat038jx2zwt0pnajptvh', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (4, 1700000000004, '01hf7yat04er0skj76vnaghcgf', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (5, 1700000000005, '01hf7yat05xpjf5n70bemva5r7', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (6, 1700000000006, '01hf7yat067b6ya9b4mzrgdja8', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (7, 1700000000007, '01hf7yat07xd20m9g8van2p885', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (8, 1700000000007, '01hf7yat07xd20m9g8van2p885', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (9, 1700000000007, '01hf7yat07xd20m9g8van2p885', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (10, 1700000000008, '01hf7yat08xee492xywnnkr2yr', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (11, 1700000000008, '01hf7yat08xee492xywnnkr2yr', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (12, 1700000000009, '01hf7yat09v8767pt7c6d6d6pv', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (13, 1700000000009, '01hf7yat09v8767pt7c6d6d6pv', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (14, 1700000000009, '01hf7yat09v8767pt7c6d6d6pv', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (15, 1700000000010, '01hf7yat0a3mw8mg3nrbk43pwc', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (16, 1700000000010, '01hf7yat0a3mw8mg3nrbk43pwc', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (17, 1700000000010, '01hf7yat0a3mw8mg3nrbk43pwc', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (18, 1700000000011, '01hf7yat0b659hv87450nzgxjc', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (19, 1700000000011, '01hf7yat0b659hv87450nzgxjc', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (20, 1700000000011, '01hf7yat0b659hv87450nzgxjc', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (21, 1700000000012, '01hf7yat0cyfchkerqdej2qv93', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (22, 1700000000012, '01hf7yat0cyfchkerqdej2qv93', 'settlement', 1, 90000000, 'reported', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (23, 1700000000012, '01hf7yat0cyfchkerqdej2qv93', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'ann', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (24, 1700000000013, '01hf7yat0d31nv205yrq2h810m', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (25, 1700000000013, '01hf7yat0d31nv205yrq2h810m', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (26, 1700000000014, '01hf7yat0e71m36kv5ky8t6jhx', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'bob', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (27, 1700000000015, '01hf7yat0fmcvdb21g3nx5vgq6', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (28, 1700000000015, '01hf7yat0fmcvdb21g3nx5vgq6', 'unconfirmed', 1, 100000000, 'estimated', 'chat', 'guild', 'cec', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (29, 1700000000016, '01hf7yat0gd0ghvv536q24bz5g', 'reservation', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (30, 1700000000016, '01hf7yat0gd0ghvv536q24bz5g', 'settlement', 1, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (31, 1700000000016, '01hf7yat0gd0ghvv536q24bz5g', 'release', 0, 100000000, 'estimated', 'chat', 'guild', 'dan', 'acme', 'acme/image-1');
INSERT INTO ledger (seq, at, job, kind, attempt, amount, source, platform, workspace, requester, provider, model) VALUES (32, 1700000000017, '01hf7yat0hgt6taty68fqqfgzv', 'reservation', 0, NULL, 'unknown', 'chat', NULL, 'eve "quoted" 😀
\', 'acme', 'acme/image-1');
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('channel', 'chat', 'general', 0, 0, 0, 700000000, 12, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('channel', 'chat', 'general', 60000, 1699999980000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('channel', 'chat', 'general', 600000, 1699999800000, 0, 0, 0, 16);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('channel', 'chat', 'general', 3600000, 1699999200000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('channel', 'chat', 'general', 86400000, 1699920000000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('deployment', '', '', 0, 0, 0, 700000000, 12, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('deployment', '', '', 60000, 1699999980000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('deployment', '', '', 600000, 1699999800000, 0, 0, 0, 16);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('deployment', '', '', 3600000, 1699999200000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('deployment', '', '', 86400000, 1699920000000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 0, 0, 0, 500000000, 8, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 60000, 1699999980000, 450000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 3600000, 1699999200000, 450000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'ann', 86400000, 1699920000000, 450000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'bob', 0, 0, 0, 100000000, 1, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 0, 0, 0, 100000000, 1, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 60000, 1699999980000, 100000000, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 3600000, 1699999200000, 100000000, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'cec', 86400000, 1699920000000, 100000000, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 0, 0, 0, 0, 1, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 60000, 1699999980000, 100000000, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 3600000, 1699999200000, 100000000, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'dan', 86400000, 1699920000000, 100000000, 0, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('requester', 'chat', 'eve "quoted" 😀
\', 0, 0, 0, 0, 1, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 0, 0, 0, 700000000, 11, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 60000, 1699999980000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 600000, 1699999800000, 0, 0, 0, 15);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 3600000, 1699999200000, 650000000, 100000000, 0, 0);
INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started) VALUES ('workspace', 'chat', 'guild', 86400000, 1699920000000, 650000000, 100000000, 0, 0);
INSERT INTO rules (place, key, value) VALUES ('workspace:chat:guild', 'words', '["nothing \"else\""]');
INSERT INTO rules_version (one, version) VALUES (1, 3);
INSERT INTO rule_changes (version, place, key, at, actor, before, after) VALUES (1, 'requester:chat:ann', 'spend-per-month', 1700000000017, 'operator', NULL, '2.50');
INSERT INTO rule_changes (version, place, key, at, actor, before, after) VALUES (1, 'workspace:chat:guild', 'words', 1700000000017, 'operator', NULL, '["nothing \"else\""]');
INSERT INTO rule_changes (version, place, key, at, actor, before, after) VALUES (2, 'requester:chat:ann', 'spend-per-month', 1700000000017, 'chat:😀', '2.50', 'none');
INSERT INTO rule_changes (version, place, key, at, actor, before, after) VALUES (3, 'requester:chat:ann', 'spend-per-month', 1700000000017, 'x', 'none', NULL);
INSERT INTO accounts (kind, gives, takes) VALUES ('release', 'held', 'allowance');
INSERT INTO accounts (kind, gives, takes) VALUES ('reservation', 'allowance', 'held');
INSERT INTO accounts (kind, gives, takes) VALUES ('settlement', 'allowance', 'paid');
INSERT INTO accounts (kind, gives, takes) VALUES ('unconfirmed', 'allowance', 'in-doubt');
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
CREATE INDEX jobs_doubted ON jobs (stage_since) WHERE stage = 'unconfirmed';
CREATE TRIGGER rule_changes_are_never_changed BEFORE UPDATE ON rule_changes
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is only added to');
END;
CREATE TRIGGER rule_changes_are_never_shortened BEFORE DELETE ON rule_changes
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is only added to');
END;
CREATE VIEW postings AS
SELECT seq, at, job, attempt, account, iif(sign < 0, -amount, amount) AS amount, source, platform,
    workspace, requester, provider, model
FROM ledger JOIN (
    SELECT kind AS of_kind, gives AS account, -1 AS sign FROM accounts
    UNION ALL SELECT kind, takes, 1 FROM accounts
) ON of_kind = kind;
CREATE TRIGGER ledger_holds_what_the_books_allow BEFORE INSERT ON ledger
WHEN NEW.amount < 0 OR NEW.kind NOT IN ('reservation', 'release', 'settlement', 'unconfirmed')
BEGIN
    SELECT RAISE(ABORT, 'a line of the ledger moves an amount between two accounts');
END;
CREATE TRIGGER ledger_lets_go_of_what_it_held BEFORE INSERT ON ledger
WHEN NEW.kind = 'release' AND NOT EXISTS (
    SELECT 1 FROM ledger
    WHERE job = NEW.job AND kind = 'reservation' AND attempt = 0 AND amount IS NEW.amount)
BEGIN
    SELECT RAISE(ABORT, 'what is let go is what was held');
END;
CREATE VIEW totals_from_rows AS
WITH amounts AS (
    SELECT jobs.platform, jobs.workspace, jobs.channel, jobs.requester, ledger.at, ledger.amount AS spent,
        0 AS held, 0 AS open, 0 AS started, 'dated' AS kept
    FROM ledger JOIN jobs ON jobs.id = ledger.job
    WHERE ledger.kind IN ('settlement', 'unconfirmed') AND ledger.amount IS NOT NULL
    UNION ALL
    SELECT platform, workspace, channel, requester, stage_since, 0, estimate, 0, 0,
        iif(stage = 'unconfirmed', 'dated', 'open')
    FROM jobs WHERE reservation_open = 1 AND estimate IS NOT NULL
    UNION ALL
    SELECT platform, workspace, channel, requester, 0, 0, 0, 1, 0, 'open' FROM jobs
    WHERE finished_at IS NULL AND NOT (stage = 'unconfirmed' AND notice_shown = 1)
    UNION ALL
    SELECT platform, workspace, channel, requester, created_at, 0, 0, 0, 1, 'started' FROM jobs
    WHERE withdrawn = 0
), scoped AS (
    SELECT 'deployment' AS scope, '' AS platform, '' AS whose, at, spent, held, open, started, kept
    FROM amounts
    UNION ALL
    SELECT 'workspace', platform, workspace, at, spent, held, open, started, kept FROM amounts
    WHERE workspace IS NOT NULL
    UNION ALL
    SELECT 'channel', platform, channel, at, spent, held, open, started, kept FROM amounts
    UNION ALL
    SELECT 'requester', platform, requester, at, spent, held, open, started, kept FROM amounts
    WHERE kept <> 'started'
), widths (of_kept, width) AS (
    VALUES ('open', 0), ('dated', 60000), ('dated', 3600000), ('dated', 86400000), ('started', 600000)
)
SELECT scope, platform, whose, width, iif(width = 0, 0, at - at % width) AS start,
    sum(spent) AS spent, sum(held) AS held, sum(open) AS open, sum(started) AS started
FROM scoped JOIN widths ON of_kept = kept
GROUP BY 1, 2, 3, 4, 5;
CREATE TRIGGER totals_follow_the_ledger AFTER INSERT ON ledger
WHEN NEW.kind IN ('settlement', 'unconfirmed') AND NEW.amount IS NOT NULL
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held)
    SELECT scope, platform, whose, width, NEW.at - NEW.at % width, NEW.amount, 0
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', platform, channel FROM jobs WHERE id = NEW.job
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (SELECT 60000 AS width UNION ALL SELECT 3600000 UNION ALL SELECT 86400000)
    WHERE true
    ON CONFLICT DO UPDATE SET spent = spent + excluded.spent;
END;
CREATE TRIGGER totals_follow_new_jobs AFTER INSERT ON jobs
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held, open, started)
    SELECT scope, platform, whose, width, iif(width = 0, 0, at - at % width), 0, held, open, started
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', NEW.platform, NEW.channel
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (
        SELECT 0 AS width, 0 AS at,
            iif(NEW.reservation_open = 1 AND NEW.stage <> 'unconfirmed', coalesce(NEW.estimate, 0), 0)
                AS held,
            (NEW.finished_at IS NULL AND NOT (NEW.stage = 'unconfirmed' AND NEW.notice_shown = 1)) AS open,
            0 AS started
        UNION ALL
        SELECT 600000, NEW.created_at, 0, 0, 1 WHERE NEW.withdrawn = 0
        UNION ALL
        SELECT width, NEW.stage_since, NEW.estimate, 0, 0
        FROM (SELECT 60000 AS width UNION ALL SELECT 3600000 UNION ALL SELECT 86400000)
        WHERE NEW.reservation_open = 1 AND NEW.stage = 'unconfirmed' AND NEW.estimate IS NOT NULL
    )
    WHERE NOT (scope = 'requester' AND started = 1) AND (held <> 0 OR open <> 0 OR started <> 0)
    ON CONFLICT DO UPDATE SET held = held + excluded.held, open = open + excluded.open,
        started = started + excluded.started;
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
        UNION ALL SELECT 'channel', NEW.platform, NEW.channel
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    ), (
        SELECT 0 AS width UNION ALL SELECT 60000 UNION ALL SELECT 3600000 UNION ALL SELECT 86400000
    ), (
        SELECT OLD.stage AS stage, OLD.stage_since AS since, -OLD.estimate AS amount
        WHERE OLD.reservation_open = 1
        UNION ALL
        SELECT NEW.stage, NEW.stage_since, NEW.estimate WHERE NEW.reservation_open = 1
    )
    WHERE amount IS NOT NULL AND (width > 0) = (stage = 'unconfirmed')
    ON CONFLICT DO UPDATE SET held = held + excluded.held;
END;
CREATE TRIGGER totals_follow_open_jobs AFTER UPDATE OF stage, notice_shown, finished_at ON jobs
WHEN (OLD.finished_at IS NULL AND NOT (OLD.stage = 'unconfirmed' AND OLD.notice_shown = 1))
    <> (NEW.finished_at IS NULL AND NOT (NEW.stage = 'unconfirmed' AND NEW.notice_shown = 1))
BEGIN
    INSERT INTO totals (scope, platform, whose, width, start, spent, held, open)
    SELECT scope, platform, whose, 0, 0, 0, 0,
        iif(NEW.finished_at IS NULL AND NOT (NEW.stage = 'unconfirmed' AND NEW.notice_shown = 1), 1, -1)
    FROM (
        SELECT 'deployment' AS scope, '' AS platform, '' AS whose
        UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace WHERE NEW.workspace IS NOT NULL
        UNION ALL SELECT 'channel', NEW.platform, NEW.channel
        UNION ALL SELECT 'requester', NEW.platform, NEW.requester
    )
    WHERE true
    ON CONFLICT DO UPDATE SET open = open + excluded.open;
END;
CREATE TRIGGER totals_follow_withdrawn_jobs AFTER UPDATE OF withdrawn ON jobs
WHEN OLD.withdrawn = 0 AND NEW.withdrawn = 1
BEGIN
    UPDATE totals SET started = started - 1
    WHERE (scope, platform, whose) IN (
            SELECT 'deployment', '', ''
            UNION ALL SELECT 'workspace', NEW.platform, NEW.workspace
            UNION ALL SELECT 'channel', NEW.platform, NEW.channel)
        AND width = 600000 AND start = NEW.created_at - NEW.created_at % 600000;
END;
CREATE TRIGGER totals_follow_jobs_that_go AFTER DELETE ON jobs
BEGIN
    UPDATE totals SET
        held = held - iif(OLD.reservation_open = 1 AND (width > 0) = (OLD.stage = 'unconfirmed')
            AND width <> 600000, coalesce(OLD.estimate, 0), 0),
        open = open - (width = 0 AND OLD.finished_at IS NULL
            AND NOT (OLD.stage = 'unconfirmed' AND OLD.notice_shown = 1)),
        started = started - (width = 600000 AND scope <> 'requester' AND OLD.withdrawn = 0)
    WHERE (scope, platform, whose) IN (
            SELECT 'deployment', '', ''
            UNION ALL SELECT 'workspace', OLD.platform, OLD.workspace
            UNION ALL SELECT 'channel', OLD.platform, OLD.channel
            UNION ALL SELECT 'requester', OLD.platform, OLD.requester)
        AND start = CASE width
            WHEN 0 THEN 0
            WHEN 600000 THEN OLD.created_at - OLD.created_at % 600000
            ELSE OLD.stage_since - OLD.stage_since % width END;
END;
PRAGMA user_version = 4;
