# What pessoa says to the holder.
backup-advice = Your 24 words open it, and nothing else: it may lie anywhere, but not beside the words. Make a new one after you receive something. One-time copies are not in it: two devices would show them twice.
backup-done = Wrote { $file }.
backup-exists-hint = there is another file by this name, and it was left as it is: choose another name
backup-unusable = the backup cannot be used
backup-unusable-hint = check that it is the file that `pessoa backup` wrote, that it is whole, and that the 24 words are those of its wallet

consent-agree = Share this?
consent-answer-to = the answer goes to { $address }
consent-asks = { $name } asks (its own name for itself):
consent-asks-for = It asks for a credential { $types } that says: { $claims }
consent-asks-nameless = Somebody who gives no name asks:
consent-copies = { $copies ->
        [one] This is the last one-time copy.
       *[other] One-time copies: { $copies }, of which this uses one.
    }
consent-copies-none = No unused copy is left.
consent-crowd = Shows { $claims } as well: fewer than { $people } people in the world can say the same, and fewer still hold a certificate of this issuer.
consent-crowd-few = WARNING: shows { $claims } as well: fewer than { $people } people in the world can say the same, which may tell who you are.
consent-crowd-unknown = WARNING: shows { $claims } as well: how few people say the same, this wallet cannot estimate. Take it that it tells who you are.
consent-declined = Declined. { $verifier } was told so, and nothing else.
consent-door = the answer is a code that you hold up; nothing is sent
consent-door-hold = Hold the code up to the door. It is good for a minute or so.
consent-door-printed = The door's code is printed: whoever takes a picture of your answer can show it again.
consent-expired = Its copies have expired.
consent-few-number = a nationality that few people share, or nobody knows how many, would go along with your net number: it may tell who the number is
consent-identity-did = signed by { $did }: whoever controls that identifier asks
consent-identity-nobody = WARNING: nobody vouches for who asks. Anybody may have written this request, under any name. Only the address of the answer is certain.
consent-label-number = By the number this platform, and nobody else, knows you again. Not even the issuer and this verifier together can tell who you are by it.
consent-label-recognisable = The issuer and this verifier together could recognise this copy.
consent-label-unlinkable = Nobody can link this showing to another, except by what it says: not even the issuer and this verifier together.
consent-late = Other wallets show a newer certificate by now: showing this one makes you stand out a little. `pessoa renew` gets the newer one.
consent-missing = the wallet has nothing that answers this request
consent-missing-hint = see what you have with `pessoa list`, and what it says with `pessoa show ID`
consent-named-number = a name, a birth date or a document number would go along with your net number: whoever has both knows who the number is
consent-named-number-hint = if that is what you want, add `--allow-name-beside-number`; nothing was shared
consent-naming = WARNING: { $claims } would put your name to the number, for good.
consent-narrowing = Shows { $claims } as well: where few holders say the same, that may tell who you are. How many they are, this wallet cannot know.
consent-near-authority = { $id } ({ $name }) is of that kind, but not from an authority that would do.
consent-near-binding = { $id } ({ $name }) is of that kind, but not bound to its holder.
consent-near-claim = { $id } ({ $name }) is of that kind, but does not say { $claim }.
consent-near-value = { $id } ({ $name }) is of that kind, but what it says of { $claim } is not what is asked for.
consent-net-expired = Your certificate has run out.
consent-no-number = It would see no number: two visits cannot be linked.
consent-none-left = No copy is ever used twice: two visits could be linked by it.
consent-not-an-answer = { $id } does not answer this request
consent-not-an-answer-hint = see what would with `pessoa present <LINK> --dry-run`
consent-nothing-shared = nothing was shared, and the verifier was told nothing
consent-nothing-shared-hint = to tell the verifier that you decline, run the same command with `--decline`
consent-number = It would see your net number at { $platform }: { $number }
consent-number-another = WARNING: it has seen another number of yours, last on { $time }. To it, you would be another person.
consent-number-development = This platform is on this machine: a number for trying things out.
consent-number-first = This wallet has shown it no number before.
consent-number-host = Several platforms share this host. Whoever runs the host could pose as each of them.
consent-number-list-changed = The platform has changed its published purposes since a number was shown there in one of them. This one is as it was.
consent-number-list-new = The platform has changed its published purposes since a number was shown there in one of them. This one is new.
consent-number-list-was = The platform has changed its published purposes since a number was shown there in one of them. This one was: { $before }.
consent-number-period = The number is for: { $purpose } ({ $period }). In another period it is another number.
consent-number-same = It is the number that it saw last on { $time }.
consent-number-scope = The number is for: { $purpose }. For other purposes it is another number.
consent-others = Could answer as well, with `--credential ID`: { $ids }
consent-purpose = why: "{ $purpose }" (its own words)
consent-received = Received { $count ->
        [one] one credential
       *[other] { $count } credentials
    } from { $issuer }.
consent-redirect = Go on in your browser (the link is for you alone):
consent-refill-first = Get fresh copies now?
consent-renew-first = Renew now?
consent-renew-learns = A renewal right now tells { $issuer } that this holder's wallet is at work at this moment, and the network address (`--proxy` hides that). An issuer that compares clocks with this verifier could guess whose visit this is. A renewal at another time, or by the timer (`pessoa renew --install`), tells nothing of the kind.
consent-resting = { $claim } became true not long ago. It stays unshown until { $time }: a platform that knows you by a number would learn your birthday. `--allow-new-flags` shows it all the same.
consent-shared = Shared with { $verifier }; it accepted.
consent-sharing = From { $id }, { $name } by { $issuer }, you would share:
consent-stays-hidden = Stays hidden: { $claims }
consent-stays-hidden-nothing = Nothing stays hidden.
consent-to-issuer = Who asks is the issuer itself: it knows its holders already, and may recognise you by what you show.
consent-unique = Shows its unique identifier as well ({ $name }: { $value }): whoever sees it again knows it.
consent-used-up = every copy of { $id } was used, or has expired
consent-used-up-hint = get fresh copies with `pessoa refill { $id }`, or choose another credential with `--credential ID`
consent-whole = This format cannot hide anything: the credential is shown whole.

failure-another-secret = the issuer knows you by another wallet: one person has one secret there, so that nobody has two numbers
failure-another-secret-hint = bring that wallet back with its 24 words, by `pessoa restore BACKUP`, or by `pessoa restore` and then this offer; if its words are lost, ask the issuer
failure-clock = this device's clock and the issuer's are so far apart that they are in different epochs
failure-clock-hint = set this device's clock; if it is right, the issuer's is wrong, or you are shown an old list: tell the issuer
failure-dev-hint = to try things out on this machine over http, set `dev = true` in { $config }
failure-door-hint = read the code at the door again: it changes every half minute
failure-door-outdated = this wallet learned on { $time } whose door this is; that is good for { $days } days, because a lost key would pass for the door
failure-door-outdated-hint = answer a request of the same verifier over the network, or fetch who it is anew with `--fetch-identity`
failure-door-unknown = this wallet does not know whose door this is
failure-door-unknown-hint = answer a request of the same verifier over the network first, or fetch who it is with `--fetch-identity`
failure-epochs-hint = an old list that is shown to you alone would set you apart: try again later or over another network, and tell the issuer if it stays
failure-issuer = the issuer did not deliver
failure-link-offer-hint = to answer a presentation request, run `pessoa present <LINK>`
failure-link-request-hint = to accept a credential offer, run `pessoa receive <LINK>`
failure-mark = the issuer sent what differs from what everybody gets, or from what it published before: you could be recognised by it; nothing of it was taken
failure-mark-hint = compare the issuer's published epoch profiles with somebody else's, and tell them
failure-network = there is no answer
failure-network-hint = check the network and the address, and try again
failure-offer = the credential offer cannot be taken
failure-offer-code-hint = check the transaction code and run the command again (attempts are limited), or ask the issuer for a new offer
failure-offer-new-hint = ask the issuer for a new offer
failure-pending-hint = the issuer has granted the credentials; fetch them with `pessoa refill { $id }`
failure-proxy-hint = check the network, the proxy and the address; for a proxy that takes no user names, set `proxy_isolation = false` in { $config }
failure-refill-none-hint = ask the issuer for a new offer, and receive it with `pessoa receive <LINK>`
failure-renew-none-hint = ask the issuer for a new offer, and receive it with `pessoa receive <LINK>`: your numbers stay
failure-renew-refused = the issuer does not renew the certificate: it was withdrawn, or your document was shown again since, for another device
failure-renew-refused-hint = ask the issuer; a new offer received with `pessoa receive <LINK>` keeps your numbers
failure-renew-unlock-hint = open the wallet once, as with `pessoa list`: that prepares the next eight renewals
failure-request = the presentation request is refused
failure-sent = the answer was sent, but nobody said that it arrived; its copies count as used
failure-sent-hint = ask the verifier for a new request
failure-verifier = the verifier did not accept the answer; its copies count as used
failure-wallet = the wallet cannot be used

held-about = What it says:
held-copies = one-time copies left: { $copies }
held-expired = expired
held-format = format: { $format }
held-issuer = issuer: { $name } ({ $identifier })
held-none = The wallet is empty.
held-none-next = next: accept an offer with `pessoa receive <LINK>`
held-pending = Granted by { $issuer }, not fetched yet: { $id }  (fetch it with `pessoa refill { $id }`)
held-received = received: { $time }
held-refillable = fresh copies: `pessoa refill { $id }`
held-signed-by = signed by: { $signer }
held-unknown = the wallet has no credential { $id }
held-unknown-hint = see the identifiers with `pessoa list`
held-valid-until = valid until: { $time }
held-without-end = valid until: not stated

forget-ask = Forget { $name } ({ $id }), its keys and all its copies? Nobody can bring them back.
forget-done = Forgot { $name } ({ $id }).
forget-kept = nothing was forgotten

history-declined = declined      { $verifier }
history-forgot = forgot        { $credential }
history-none = Nothing has happened yet.
history-number = net number { $number }
history-outcome-accepted = accepted
history-outcome-refused = refused by the verifier
history-outcome-unknown = no answer came
history-presented = shared        { $shared }, with { $verifier }: { $outcome }
history-received = received      { $credential } from { $issuer }, one-time copies: { $copies }
history-received-net = received      net certificate from { $issuer }
history-renewed = renewed       net certificate by { $issuer }
history-restored = restored      from the backup of { $time }
history-restored-words = restored      from the 24 words
history-two-profiles = WARNING       { $issuer } showed two profiles for epoch { $epoch }: { $pinned } counts here, { $refused } was refused

init-done = Wrote { $vault }.
init-exists = there is a wallet in { $dir } already, and it was left as it is
init-exists-hint = choose another folder with `--dir`, or go on with `pessoa list`
init-next = next: accept an offer with `pessoa receive <LINK>`
init-restored = The seed is restored. Credentials come back from their issuers, with new offers.
init-words-prompt = The 24 words, in order

link-none = "{ $argument }" is neither a link nor a picture that can be read
link-none-hint = give the whole link in quotes, the file of a picture with its QR code (PNG or JPEG), or `-` to read the link from standard input
link-not-offer = the link offers no credential: it is a presentation request
link-not-request = the link asks for nothing: it is a credential offer
link-picture-many = the picture shows several QR codes with links
link-picture-many-hint = cut the picture so that one code is on it
link-picture-none = no QR code with a link is found in the picture
link-picture-none-hint = take the picture straight from above, sharp and near, or give the link itself
link-picture-size = the picture is too large
link-picture-size-hint = a picture may have at most { $bytes } MB and { $side } pixels on a side
link-stdin = standard input holds no link

lock-done = Locked: the next command asks for the passphrase.

net-due = next renewal: { $time }, a moment of chance (if a timer is installed)
net-epoch = epoch: { $epoch }
net-expired = the certificate { $id } has run out
net-expired-hint = renew it with `pessoa renew { $id }`, best some time before you show it
net-kind = net certificate
net-not-taken = WARNING: what the issuer of { $id } sent was not taken: { $reason }
net-received = { $id }  { $name }, a net certificate: it shows different numbers to different platforms, and is never used up
net-refused = renewal refused on { $time }
net-resting = became true lately, stays unshown until { $time }: { $claim }
net-two-profiles = WARNING: { $issuer } showed this wallet two profiles for epoch { $epoch }, and could tell people apart by them: { $pinned } counts here, { $refused } was refused. Compare both with what verifiers publish (/net/profiles), and tell others.

numbers-none = No platform has seen a number of yours yet.
numbers-times = first shown { $first }, last { $last }

offer-accept = Accept?
offer-claims = It will say: { $claims }
offer-code = The transaction code{ $length ->
        [0] {""}
       *[other] {" "}({ $length } characters)
    }, which the issuer gave you by another way. It is sent to { $host }.
offer-code-described = The issuer says: "{ $description }"
offer-code-missing = the offer asks for a transaction code
offer-code-missing-hint = give it with `--tx-code CODE`; the issuer sends it by another way than the link
offer-code-prompt = Transaction code
offer-copies = { $copies ->
        [one] One copy, to be shown once: a second showing could be linked to the first.
       *[other] { $copies } one-time copies: verifiers cannot link two showings by them; together with the issuer they could.
    }
offer-credential = { $name }  ({ $format }: { $types })
offer-declined = nothing was accepted, and the issuer was told nothing
offer-learns = By accepting, the issuer learns that this wallet takes the offer, when, and its network address (`--proxy` hides that). It does not learn where you use the credential, unless a verifier tells it.
offer-net = A net certificate: whoever asks for one sees a number that is yours at that platform alone. Not even the issuer can link two showings. It is renewed every epoch.
offer-offers = { $name } offers (its own name for itself; the address { $host } is certain):
offer-received = { $id }  { $name }, one-time copies: { $copies }
offer-received-next = next: look at it with `pessoa show { $id }`
offer-unsupported = On offer, but in a form that this wallet does not read: { $ids }

passphrase-again = The same again
passphrase-changed = The passphrase is changed.
passphrase-choose = A passphrase for the wallet
passphrase-choose-advice = Choose a passphrase that you use nowhere else: four or more random words are good. Whoever has this file and the passphrase has your credentials.
passphrase-empty = the passphrase is empty
passphrase-empty-hint = type one, or put it into the first line of a file and give `--passphrase-file FILE`
passphrase-file = cannot read the passphrase from { $path }
passphrase-new = The new passphrase
passphrase-prompt = Passphrase
passphrase-short = That is short. Whoever gets hold of the file can try many passphrases.
passphrase-unlike = The two are not alike. Once more.
passphrase-wrong-hint = try again; if it is lost, make a new wallet with `pessoa init --words --dir NEW` and ask your issuers for new offers

progress-accept = Receiving
progress-offer = Asking what is offered
progress-present = Sending
progress-refill = Fetching fresh copies
progress-renew = Renewing
progress-request = Asking who wants what
progress-unlock = Unlocking

refill-ask = Ask the issuer for fresh copies?
refill-declined = the issuer was asked nothing
refill-done = { $id }  { $name }, one-time copies: { $copies }
refill-learns = By this, { $issuer } learns that this holder wants fresh copies, when, and the network address (`--proxy` hides that). It does not learn where copies are used, unless a verifier tells it.

renew-already = { $issuer }: there is nothing newer to fetch yet.
renew-ask = Renew now?
renew-cron-next = Add the line to your crontab with `crontab -e`.
renew-done = { $issuer }: renewed up to epoch { $epoch }. Your numbers stay.
renew-installed = Wrote { $timer }.
renew-installed-next = It starts with your next login; to start it now, run `systemctl --user daemon-reload` and `systemctl --user start pessoa-renew.timer`. It needs no passphrase: the file beside the wallet lets it renew, and with that see what your certificates say, but show nothing and know none of your numbers.
renew-later = What came is put to use when the wallet is opened next.
renew-learns = By this, { $issuer } learns that this holder's wallet renews at this moment, and the network address (`--proxy` hides that). It does not learn where you show certificates. Best is a moment at which you are not about to show one.
renew-no-place = there is no folder for timers, or this program's place is not known
renew-no-place-hint = use `pessoa renew --install --cron`
renew-nothing = There is no net certificate to renew.
renew-nothing-due = Nothing is due.
renew-uninstalled = The timer is gone, and what lay ready for it.

restore-done = Restored. Net certificates: { $net }; net numbers known: { $numbers }; credentials: { $credentials }.
restore-next = next: bind the renewal to this device with `pessoa renew`; get one-time copies with `pessoa refill ID`
restore-words = The words bring back your secret, and with it every net number. What certificates say is not in them: show your document to the issuer again and receive its offer. The same numbers come with it.

terminal-none = there is no terminal on which to ask
terminal-none-hint = add `--yes` if you agree to what is shown above

unlock-done = Unlocked until { $until }. `pessoa lock` ends it earlier.
unlock-duration = { $text } is no duration from a minute to a day
unlock-duration-hint = write it as `15m` or `2h`
unlock-nowhere = there is no folder in memory that is yours alone, in which the key could be kept
unlock-nowhere-hint = log in on a system that sets XDG_RUNTIME_DIR, or give the passphrase with each command

vault-locked-hint = wait until the other `pessoa` has ended, and try again
vault-missing = there is no wallet in { $dir }
vault-missing-hint = make one with `pessoa init`, or name its folder with `--dir`
vault-unusable = the wallet cannot be opened

words-advice = Write these 24 words down on paper, in order, and keep them safe. They bring your long-lived secrets back if this machine is lost; whoever has them has those secrets. They are no substitute for the passphrase.
words-again = The 24 words, in order. Let nobody see them.
words-bad = these are not the 24 words of a wallet
words-bad-hint = type all 24 in their order, separated by spaces
