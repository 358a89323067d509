# What pessoa-demo tells.
# A quoted blank keeps the indentation of a line that begins with a variable, or follows one that does.
demo-broken = step { $step } did not hold
demo-by-hand =
    Try it by hand, in a second terminal, with another specimen passport (Ctrl-C here ends it):

      cargo install --path wallet-cli
      pessoa init --dev
      pessoa receive '{ $offer }' --tx-code { $code }
demo-by-hand-learned = { $platform } learned: { $learned }
demo-by-hand-present =
    Present to { $platform }, whose policy is "{ $policy }":

      pessoa present '{ $link }'
demo-by-hand-refused = { $platform } refused the presentation: { $reason }
demo-by-hand-revoke =
    As the issuer, revoke it; the platforms fetch the new list within seconds:

      cargo install --path issuer
      pessoa-issuer revoke --dir { $dir } --handle { $handle }
demo-compare =
    6  Who can follow this person?
         issuer      no. Requests that it saw during the presentations: { $requests ->
                [0] none
               *[other] { $requests }
            }
         platforms   no. Each got another copy. Equal in what both stored, and for everybody, is only:
    { "                 " }{ $equal }
         together    yes. An issuer that conspires with a platform can recognize a copy: this is the
                     compatible profile. The wallet says so before it shares.
demo-doing-compare = comparing what the parties have
demo-doing-enrol = enrolling a person
demo-doing-present-first = presenting to the first platform
demo-doing-present-second = presenting to the second platform
demo-doing-receive = receiving credentials
demo-doing-revoke = revoking, and presenting again
demo-doing-start = starting an issuer and two platforms
demo-enrol =
    2  A person shows a passport to the issuer, which reads its machine-readable zone
    { "     " }{ $upper }
    { "     " }{ $lower }
         checked     the check digits agree; with one digit changed the passport is refused
         keeps       a handle, { $handle }; none of its { $files } files has name, number or birth date
demo-hint-address = another demo may use this folder: stop it, or choose another folder with `--data`
demo-hint-defect = this is a defect of Pessoa; keep the state with `--data DIR`, and report it with what `--json` prints
demo-hint-machine = look at what is said above about this machine, and run the demo again
demo-held = Every step held, in { $seconds } seconds.
demo-held-kept = Everything that they have is in { $dir }.
demo-held-meanwhile = Everything that they have is deleted when this ends.
demo-held-passing = Everything that they had is deleted.
demo-next = next: try it by hand with `pessoa-demo --serve`
demo-present =
    { $step }  { $platform } asks; the wallet shows who asks and for what, and the person agrees
    { "     " }asked by    { $did }, which signed the request
    { "     " }learned     { $learned }
    { "     " }hidden      { $hidden }
demo-receive =
    3  The wallet takes the offer, with the transaction code, and seals what it gets in its vault
         received    { $credentials }
         copies      each for one use, bound to a key of its own that never leaves the vault
demo-revoke =
    7  The issuer revokes { $handle }: { $copies } copies, in a newly signed status list
    { "     " }{ $platform }       refused the next presentation: the credential is revoked
demo-start =
    1  An issuer and two platforms start, each with its own address, keys and database
         issuer      { $issuer }   Utopia Registry
         platform    { $first-url }   { $first }, whose policy is "{ $first-policy }"
         platform    { $second-url }   { $second }, whose policy is "{ $second-policy }"
demo-stopped = stopped before the story ended
demo-title = One passport, two platforms: who learns what. All on this machine, over HTTP.
