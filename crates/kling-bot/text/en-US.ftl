# Every sentence that chat people read, in English. Other languages are files beside this one with
# the same names. A mark (⏳ ✅ ❌ 🚫 ❓ 🛑) is put in front by the program; no sentence has one itself.
# Figures come ready to be read: sizes as "12.3 MB", money as "$0.0294", lengths of time as "1 min 5 s".

### Figures

size = { $value } { $unit }
duration-seconds = { $seconds } s
duration-minutes = { $minutes } min { $seconds } s
duration-hours = { $hours } h { $minutes } min
price-about = about { $amount }
price-unknown = an unknown amount

### Joining

reason-with-offer = { $reason } { $offer }
list-line = • { $line }
list-more = • … and { $count } more.
details = { $one } · { $other }
quote = > { $words }

### Words for the fields of a command; `start` is for the beginning of a sentence

noun-operation = this kind of work
    .start = This kind of work
noun-prompt = the prompt
    .start = The prompt
noun-negative_prompt = the negative prompt
    .start = The negative prompt
noun-images = pictures
    .start = Pictures
noun-first_frame = the first frame
    .start = The first frame
noun-last_frame = the last frame
    .start = The last frame
noun-video = the video
    .start = The video
noun-elements = elements
    .start = Elements
noun-element_references = further pictures of an element
    .start = Further pictures of an element
noun-aspect_ratio = the aspect ratio
    .start = The aspect ratio
noun-resolution = the resolution
    .start = The resolution
noun-format = the file format
    .start = The file format
noun-duration = the length
    .start = The length
noun-count = the number of pictures
    .start = The number of pictures
noun-keep_audio = keeping the sound
    .start = Keeping the sound
noun-provider = the provider
    .start = The provider
noun-option = the setting { $name }
    .start = The setting { $name }

operation-text-to-image = a picture from words alone
operation-image-to-image = a picture from words and pictures
operation-multi-shot = a series of pictures
operation-text-to-video = a video from words alone
operation-image-to-video = a video from a picture
operation-reference-to-video = a video from reference pictures
operation-video-edit = a changed video
operation-video-reference = a video in the manner of another

### What would work instead

offer-use = Please use { $value }.
offer-leave-out = Please leave it out.
offer-give = Please add it.
offer-at-least =
    { $value ->
        [one] Please give at least one.
       *[other] Please give at least { $value }.
    }
offer-at-most = Please use at most { $value }.
offer-shorten = Please shorten it to { $value } characters.
offer-convert = Please use one of { $value }.
offer-shrink = Please use a file of at most { $value }.
offer-scale-up = Please use one with at least { $value } pixels on every side.
offer-scale-down = Please use one with at most { $value } pixels on every side.
offer-crop = Please crop it to a shape in that range.
offer-trim = Please cut it to a length in that range.
offer-longer = Please use a video of at least { $value } s.
offer-repace = Please convert it to { $value } frames a second.
offer-public-url = Please ask the people who run this bot to set up a public address for files.

### Why a request does not fit a model

violation-missing =
    { $of ->
        [images] This model works from pictures, and none came with the command.
        [prompt] The command needs a prompt: words that say what to make.
       *[other] { $Field } must be given, and is not.
    }
violation-not-taken = { $Field } cannot be used with this model.
violation-dropped = { $Field } would be silently ignored by this provider.
violation-too-long = { $Field } has { $given } characters, and this model takes at most { $max }.
violation-too-many =
    { $of ->
        [images] { $given } pictures came with the command, and this model takes at most { $max }.
        [count] { $given } pictures were asked for, and this model makes at most { $max } at once.
       *[other] { $Field }: { $given } were given, and at most { $max } are taken.
    }
violation-too-few =
    { $of ->
        [images] { $given ->
            [one] One picture came with the command, and this model needs at least { $min }.
           *[other] { $given } pictures came with the command, and this model needs at least { $min }.
        }
        [count] { $given ->
            [one] One picture was asked for, and this model makes at least { $min }.
           *[other] { $given } pictures were asked for, and this model makes at least { $min }.
        }
       *[other] { $Field }: { $given } were given, and at least { $min } are needed.
    }
violation-not-one-of = { $Field } cannot be { $given }; this model knows { $allowed }.
violation-only-first-returned = Of { $given } pictures asked for, this provider would return only the first, and might charge for all.
violation-not-with = { $Field } cannot be used together with { $other }.
violation-needs = { $Field } is of no use without { $other }.
violation-file-type = { $Subject } is a { $given } file, which this model does not take.
violation-file-too-large = { $Subject } has { $given }, and this model takes at most { $max }.
violation-too-small = { $Subject } is { $given } pixels large, and every side must have at least { $min }.
violation-too-big = { $Subject } is { $given } pixels large, and no side may have more than { $max }.
violation-shape = { $Subject } is { $given } pixels large; width divided by height must be from { $min } to { $max }.
violation-playing-time = { $Subject } plays for { $given } s, and must play from { $min } s to { $max } s.
violation-pace = { $Subject } shows { $given } frames a second, and must show from { $min } to { $max }.
violation-transport = { $Subject } cannot be sent to this provider: it fetches files from public addresses only. Another provider may take it; whoever runs this bot can also set archive.public_base_url.

subject-picture = Picture { $file }
subject-named = The file { $file }
subject-file = One of the files
subject-first-frame = The first frame
subject-last-frame = The last frame
subject-video = The video
subject-element = A picture of element { $file }

### Limits

quota-open-jobs =
    { $scope ->
        [channel] This channel has { $used } open jobs already, and { $limit } at a time is its limit. Please wait until one is done.
        [workspace] There are { $used } open jobs here already, and { $limit } at a time is the limit. Please wait until one is done.
        [deployment] This bot has { $used } open jobs already, and { $limit } at a time is its limit. Please wait until one is done.
       *[requester] { $limit ->
            [one] You have a job open already, and one at a time is the limit. Please wait until it is done.
           *[other] You have { $used } jobs open already, and { $limit } at a time is the limit. Please wait until one is done.
        }
    }
quota-window =
    { $scope ->
        [channel] In this channel { $used } jobs were started in the last 24 hours, and { $limit } is the limit.
        [workspace] Here { $used } jobs were started in the last 24 hours, and { $limit } is the limit.
        [deployment] This bot has started { $used } jobs in the last 24 hours, and { $limit } is the limit.
       *[requester] { $used ->
            [one] You have started one job in the last 24 hours, and { $limit } is the limit.
           *[other] You have started { $used } jobs in the last 24 hours, and { $limit } is the limit.
        }
    }{ $until ->
        [none] { "" }
       *[other] { " " }{ $scope ->
            [channel] The next one can be started { $until }.
            [workspace] The next one can be started { $until }.
            [deployment] The next one can be started { $until }.
           *[requester] You can start the next one { $until }.
        }
    }
within =
    { $window ->
        [month] 30 days
       *[day] 24 hours
    }
room-again =
    { $until ->
        [none] Please ask for less, or try again later.
       *[other] There is room for this again { $until }; or ask for less.
    }
budget-requester = This would cost { $estimate }, and of the { $limit } that you may spend in { $within } { $left } is left. { $room }
budget-channel = This would cost { $estimate }, and of the { $limit } that may be spent in this channel in { $within } { $left } is left. { $room }
budget-workspace = This would cost { $estimate }, and of the { $limit } that may be spent here in { $within } { $left } is left. { $room }
budget-deployment = This would cost { $estimate }, and of the { $limit } that this bot may spend in { $within } { $left } is left. { $room }
budget-unknown-price =
    { $provider ->
        [none] Nobody can say what this would cost, and what may be spent here is limited. Please ask for something else.
       *[other] Nobody can say what this would cost at the provider { $provider }, and what may be spent here is limited. Please choose another provider.
    }
fits-count =
    { $count ->
        [one] One picture would fit now, for { $estimate }.
       *[other] { $count } pictures would fit now, for { $estimate }.
    }
fits-resolution = With the resolution { $value } it would fit now, for { $estimate }.
fits-duration = With a length of { $value } s it would fit now, for { $estimate }.
fits-provider = At the provider { $provider } it would fit now, for { $estimate }.

### Who may do what

access-requester = You cannot make anything with this bot at the moment. If that seems wrong, please ask the people who run it.
access-role = Making something here takes a role that you do not have, or that may not. The people who run this place can give you one.
access-channel = This bot is not open in this channel. Please try another one, or ask the people who run this place.
access-workspace = This bot is not open here. The people who run it can open it.
access-deployment = This bot takes no commands at the moment. Please try again later.
access-operation = You cannot have { $operation } made here. The people who run this place can allow it.
access-provider = You cannot use the provider { $provider } here. Please choose another one.
content-refused =
    { $given ->
        [none] The prompt has something in it that is not wanted here. Please say it in another way.
       *[other] The prompt has something in it that is not wanted here: { $given }. Please say it in another way.
    }
content-age-restricted =
    { $given ->
        [none] The prompt has something in it that is only for places that are age-restricted. Please say it in another way, or in such a place.
       *[other] The prompt has something in it that is only for places that are age-restricted: { $given }. Please say it in another way, or in such a place.
    }

### Files that came with the command

input-gone = { $Subject } is not there any more. Please attach it again and repeat the command.
input-not-media =
    { $of ->
        [video] { $Subject } cannot be read as a video, whatever its name says. Please attach an MP4 or MOV video.
       *[other] { $Subject } is not a picture or video, whatever its name says. Please attach a PNG, JPEG or WebP picture.
    }
input-corrupt = { $Subject } is damaged and cannot be opened. Please save it again and attach the new file.
input-too-large =
    { $max ->
        [none] { $Subject } is too large. Please use a smaller file.
       *[other] { $Subject } is larger than { $max }, the most that is taken here. Please use a smaller file.
    }
input-blocked = { $Subject } is at an address that this bot does not fetch from. Please attach the file itself.
input-unavailable = { $Subject } could not be fetched, after several tries. Please attach it again and repeat the command.
input-wrong-type = { $Subject } is announced as { $given }, which is not a picture that can be used. Please attach a PNG, JPEG or WebP picture.
archive-full = There is no room for more files at the moment. Please try again later; the people who run this bot can make room.

### What was typed

command-unknown = There is no command { $given }. Please look at the list that opens when you type a slash.
field-unknown = The command has no field { $given }. Please leave it out.
field-characters = { $Field } has characters in it that cannot be seen. Please type it again without them.
field-not-a-number = { $Field } must be a whole number from { $min } to { $max }, and { $given } is not one.
provider-unknown = There is no provider { $given } here. Please use one of { $allowed }, or name none.
provider-none = No provider is set up here yet. The people who run this bot have to add a key.
operation-missing = Nobody here makes { $operation }. What can be made: { $allowed }.
operation-missing-here = The provider { $provider } does not make { $operation }. What it makes: { $allowed }.
option-elsewhere = The setting { $given } belongs to the provider { $provider }. Please choose that provider, or leave the setting out.
taken-elsewhere = The provider { $allowed } would take it as it is.

### What providers say

provider-declined =
    { $reason ->
        [none] The provider did not take the request. Please change the prompt or the pictures and try again.
       *[other] The provider did not take the request: { $reason }
    }
provider-moderated = The content rules of the provider do not allow this. Please change the prompt or the pictures.
provider-no-result = The provider says that it is done, but sent no result. Please try again, perhaps with other words.
provider-failed = The provider failed while it was working on this. Please try again later.
quarantined = Something on our side broke every time we worked on this, so we have stopped trying. The operator can see why.
provider-unauthorized = The provider does not accept the key of this bot. The people who run the bot have to look at it.
provider-out-of-funds = The account of this bot at the provider is out of funds. The people who run the bot have to top it up.
provider-not-set-up = The account of this bot at the provider is not set up for this. The people who run the bot have to look at it.
provider-unavailable = The provider could not be reached, or was too busy, for a long time. Please try again later.
provider-missing = The provider is not set up here any more. Please use another one.
result-gone = The provider made a result, but it could not be fetched before it was gone. The people who run this bot can see the details in the log.
result-not-media = The provider sent something that is not a picture or video. The people who run this bot can see the details in the log.
undeliverable = The result is there, but it could not be posted. The people who run this bot still have it.
given-up = Somebody chose to give this job up.
reason-other = Something went wrong ({ $code }). The people who run this bot can see the details in the log.

### While a job is going

status-line = { $stage } · { $elapsed }
status-progress = { $bar } { $percent } %
stage-accepted = Fetching your files
stage-queued =
    { $ahead ->
        [0] Next in line
        [one] One job is in front of yours
       *[other] { $ahead } jobs are in front of yours
    }
stage-submitting = Handing it to { $provider }
stage-waiting = { $provider } has it
stage-running = { $provider } is working on it
stage-fetching = Fetching the result
stage-delivering = Posting the result
stage-unconfirmed = Waiting for somebody to decide
stage-ended = Done
status-typical = usually takes { $typical }

### How a job ends

result =
    { $count ->
        [0] { $who } The files of this job are not kept any more.
        [one] { $who } Here is your { $kind ->
            [video] video
           *[image] picture
        }.
       *[other] { $who } Here are your { $count } { $kind ->
            [video] videos
           *[image] pictures
        }.
    }
result-missing =
    { $missing ->
        [one] One more was asked for and did not come back from the provider.
       *[other] { $missing } more were asked for and did not come back from the provider.
    }
result-left-out =
    { $count ->
        [one] { $names } is too large to be posted here, and is kept by the people who run this bot. Please ask for a lower resolution or for JPEG.
       *[other] These { $count } are too large to be posted here, and are kept by the people who run this bot: { $names }. Please ask for fewer, a lower resolution or JPEG.
    }
result-cost = cost { $cost }
result-cost-unknown = cost not told
result-took = took { $elapsed }
result-job = job { $job }
count-images =
    { $count ->
        [one] 1 picture
       *[other] { $count } pictures
    }
refused-late = { $who } { $reason } Nothing was charged.
refused-late-many = { $who } This could not be started, and nothing was charged:
failed = { $who } This did not work. { $reason } { $charged }
cancelled = { $who } The job was cancelled. { $charged }
expired = { $who } The job took too long and was ended. { $charged } Please try again.
charged-nothing = Nothing was charged.
charged-cost = The provider charged { $cost } all the same.
charged-yes = The provider charged it all the same.
charged-unknown = Whether the provider charges for it is not known.
unconfirmed = { $who } The request went out to { $provider }, but its answer was lost. It may have been done, and charged ({ $cost }); nobody can tell from here. It is not sent again by itself, so that it is not charged twice. Should its result turn up after all, it is posted here. You can repeat the command; that is charged on its own.

### Answers to a command, shown to the asker only

refusal-one = { $reason } Nothing was started, and nothing was charged.
refusal-many = Nothing was started, and nothing was charged:
not-accepted = Your command was not accepted, and nothing was charged. Please try again in a moment.
duplicate = This command was taken already, as job { $job }.
no-such-job = There is no such job, or it is not kept any more.
not-yours = Only the person who asked for this job, or a moderator, can do that.
cancel-done = The job is cancelled. { $charged }
cancel-asked = The job is on its way to the provider. It is stopped if that is still possible; if not, it goes on, is charged, and its result is posted.
cancel-goes-on = The provider has the job and cannot stop it. It goes on, is charged, and its result is posted.
cancel-too-late = It is too late to cancel this job: it has ended, or its result is on its way.
resolve-done = Thank you. You chose: { $choice }.
resolve-too-late = This was decided already.

### Buttons

choice-look-again = Look again
choice-try-again = Try again
choice-give-up = Give up
button-cancel = Cancel

### Pictures for people who cannot see them

alt-text =
    { $count ->
        [one] Made by a computer from the words: { $words }
       *[other] { $index } of { $count }, made by a computer from the words: { $words }
    }

### Commands

command-imagine = imagine
    .about = Make a picture from words and your own pictures
field-prompt = prompt
    .about = What to make; refer to your pictures as image 1, image 2 and so on
field-image = image{ $number }
    .about = A picture to work from: number { $number }
field-aspect_ratio = aspect_ratio
    .about = The shape of the result: width to height
field-resolution = resolution
    .about = How fine the result is
field-count = count
    .about = How many pictures to make; each is charged
field-format = format
    .about = The kind of file
field-provider = provider
    .about = Who makes it; leave it out to have one chosen for you
