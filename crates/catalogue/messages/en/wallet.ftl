# What pessoa says to the holder.
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
consent-declined = Declined. { $verifier } was told so, and nothing else.
consent-expired = Its copies have expired.
consent-identity-did = signed by { $did }: whoever controls that identifier asks
consent-identity-nobody = WARNING: nobody vouches for who asks. Anybody may have written this request, under any name. Only the address of the answer is certain.
consent-label-recognisable = The issuer and this verifier together could recognise this copy.
consent-missing = the wallet has nothing that answers this request
consent-missing-hint = see what you have with `pessoa list`, and what it says with `pessoa show ID`
consent-none-left = No copy is ever used twice: two visits could be linked by it.
consent-not-an-answer = { $id } does not answer this request
consent-not-an-answer-hint = see what would with `pessoa present <LINK> --dry-run`
consent-nothing-shared = nothing was shared, and the verifier was told nothing
consent-nothing-shared-hint = to tell the verifier that you decline, run the same command with `--decline`
consent-others = Could answer as well, with `--credential ID`: { $ids }
consent-purpose = why: "{ $purpose }" (its own words)
consent-received = Received { $count ->
        [one] one credential
       *[other] { $count } credentials
    } from { $issuer }.
consent-refill-first = Get fresh copies now?
consent-redirect = Go on in your browser (the link is for you alone):
consent-shared = Shared with { $verifier }; it accepted.
consent-sharing = From { $id }, { $name } by { $issuer }, you would share:
consent-stays-hidden = Stays hidden: { $claims }
consent-stays-hidden-nothing = Nothing stays hidden.
consent-unique = Shows its unique identifier as well ({ $name }: { $value }): whoever sees it again knows it.
consent-used-up = every copy of { $id } was used, or has expired
consent-used-up-hint = get fresh copies with `pessoa refill { $id }`, or choose another credential with `--credential ID`
consent-whole = This format cannot hide anything: the credential is shown whole.

failure-dev-hint = to try things out on this machine over http, set `dev = true` in { $config }
failure-issuer = the issuer did not deliver
failure-link-offer-hint = to answer a presentation request, run `pessoa present <LINK>`
failure-link-request-hint = to accept a credential offer, run `pessoa receive <LINK>`
failure-network = there is no answer
failure-network-hint = check the network and the address, and try again
failure-offer = the credential offer cannot be taken
failure-offer-code-hint = check the transaction code and run the command again (attempts are limited), or ask the issuer for a new offer
failure-offer-new-hint = ask the issuer for a new offer
failure-pending-hint = the issuer has granted the credentials; fetch them with `pessoa refill { $id }`
failure-refill-none-hint = ask the issuer for a new offer, and receive it with `pessoa receive <LINK>`
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
history-outcome-accepted = accepted
history-outcome-refused = refused by the verifier
history-outcome-unknown = no answer came
history-presented = shared        { $shared }, with { $verifier }: { $outcome }
history-received = received      { $credential } from { $issuer }, one-time copies: { $copies }

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
progress-request = Asking who wants what
progress-unlock = Unlocking

refill-ask = Ask the issuer for fresh copies?
refill-declined = the issuer was asked nothing
refill-done = { $id }  { $name }, one-time copies: { $copies }
refill-learns = By this, { $issuer } learns that this holder wants fresh copies, when, and the network address (`--proxy` hides that). It does not learn where copies are used, unless a verifier tells it.

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
