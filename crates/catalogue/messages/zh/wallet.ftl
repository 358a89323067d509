# pessoa 对持有人说的话。
backup-advice = 只有您的 24 个词能打开它：它可以放在任何地方，但不要与词放在一起。收到新内容后请重新备份。其中没有一次性副本：否则两台设备会重复出示。
backup-done = 已写入 { $file }。
backup-exists-hint = 已有同名的另一个文件，未作改动：请另选名称
backup-unusable = 无法使用此备份
backup-unusable-hint = 请确认这是 `pessoa backup` 写出的完整文件，且 24 个词属于它的钱包

consent-agree = 同意出示吗？
consent-answer-to = 答复将发往 { $address }
consent-asks = { $name }（其自称）请求：
consent-asks-for = 对方请求类型为 { $types } 的凭证，内容包括：{ $claims }
consent-asks-nameless = 一个没有说明名称的对方请求：
consent-copies = { $copies ->
        [one] 这是最后一份一次性副本。
       *[other] 一次性副本：{ $copies } 份，此次使用其中一份。
    }
consent-copies-none = 已没有未用过的副本。
consent-crowd = 还会出示 { $claims }：全世界能这样说的人不到 { $people } 人，其中持有此签发方证书的更少。
consent-crowd-few = 警告：还会出示 { $claims }：全世界能这样说的人不到 { $people } 人，这可能透露您是谁。
consent-crowd-unknown = 警告：还会出示 { $claims }：此钱包无法估计与您相同的人有多少。请当作它会透露您是谁。
consent-declined = 已拒绝。{ $verifier } 只得知这一点。
consent-door = 答复是一个供您出示的二维码；不会发送任何内容
consent-door-hold = 请向门口出示此码。有效期约一分钟。
consent-door-printed = 门口的码是印刷的：拍下您答复的人可以再次出示它。
consent-expired = 其副本已过期。
consent-few-number = 与您国籍相同的人很少，或无法得知有多少，而国籍将与您的网号一同出示：这可能透露此号是谁
consent-identity-did = 由 { $did } 签名：提出请求的是该标识符的控制者
consent-identity-nobody = 警告：没有人为请求者作保。任何人都可能以任何名义写出此请求。只有答复的地址是确定的。
consent-label-number = 凭此号码，只有此平台能再次认出您。签发方与此验证方联手也不能凭它得知您是谁。
consent-label-recognisable = 签发方与此验证方联手可以认出这份副本。
consent-label-unlinkable = 除出示的内容本身外，没有人能把这次出示与另一次关联起来：签发方与此验证方联手也不能。
consent-late = 其他钱包现在已出示更新的证书：出示这一份会让您稍显不同。用 `pessoa renew` 领取新的。
consent-missing = 钱包中没有可以回答此请求的凭证
consent-missing-hint = 用 `pessoa list` 查看已有的凭证，用 `pessoa show 编号` 查看其内容
consent-named-number = 姓名、出生日期或证件号码将与您的网号一同出示：两者都有的人就知道此号是谁
consent-named-number-hint = 如果这正是您想要的，请加上 `--allow-name-beside-number`；没有出示任何内容
consent-naming = 警告：{ $claims } 会让此号永远与您的姓名相连。
consent-narrowing = 还会出示 { $claims }：如果与您相同的持有人很少，这可能透露您是谁。此钱包无法知道有多少人。
consent-near-authority = { $id }（{ $name }）属于此类凭证，但其背后没有对方接受的机构。
consent-near-binding = { $id }（{ $name }）属于此类凭证，但没有绑定到持有人。
consent-near-claim = { $id }（{ $name }）属于此类凭证，但其中没有 { $claim }。
consent-near-value = { $id }（{ $name }）属于此类凭证，但其中 { $claim } 的内容不符合请求。
consent-net-expired = 您的证书已过期。
consent-no-number = 对方看不到任何号码：两次访问无法关联。
consent-none-left = 任何副本都不会使用两次：否则两次访问可能因此被关联。
consent-not-an-answer = { $id } 不能回答此请求
consent-not-an-answer-hint = 用 `pessoa present <链接> --dry-run` 查看哪些可以
consent-nothing-shared = 没有出示任何内容，也没有告知验证方
consent-nothing-shared-hint = 如需告知验证方您拒绝，请对同一命令加上 `--decline`
consent-number = 对方将看到您在 { $platform } 的网号：{ $number }
consent-number-another = 警告：对方见过您的另一个号码，最近一次是 { $time }。对它来说，您会是另一个人。
consent-number-development = 此平台就在本机：这是试用的号码。
consent-number-first = 此钱包此前没有向它出示过号码。
consent-number-host = 多个平台共用此主机。主机的经营者可以冒充其中任何一个。
consent-number-list-changed = 自您在该平台的某一用途下出示号码以来，它更改了所公布的用途。此用途未变。
consent-number-list-new = 自您在该平台的某一用途下出示号码以来，它更改了所公布的用途。此用途是新的。
consent-number-list-was = 自您在该平台的某一用途下出示号码以来，它更改了所公布的用途。此用途原为：{ $before }。
consent-number-period = 此号用于：{ $purpose }（{ $period }）。在另一时期是另一个号码。
consent-number-same = 就是它在 { $time } 见过的号码。
consent-number-scope = 此号用于：{ $purpose }。用于其他目的时是另一个号码。
consent-others = 也可以用 `--credential 编号` 选择：{ $ids }
consent-purpose = 理由：“{ $purpose }”（其自述）
consent-received = 已从 { $issuer } 收到 { $count } 份凭证。
consent-redirect = 请在浏览器中继续（此链接仅供您本人使用）：
consent-refill-first = 现在领取新副本吗？
consent-renew-first = 现在更新吗？
consent-renew-learns = 此刻更新会让 { $issuer } 得知此持有人的钱包正在使用，以及网络地址（`--proxy` 可隐藏）。若签发方与此验证方核对时间，可能猜出这是谁的访问。换个时间更新，或由定时器更新（`pessoa renew --install`），则不会透露这些。
consent-resting = { $claim } 不久前才成立。在 { $time } 之前不会出示：以号码认识您的平台会由此得知您的生日。`--allow-new-flags` 可照样出示。
consent-shared = 已向 { $verifier } 出示，对方已接受。
consent-sharing = 您将从 { $id }（{ $issuer } 签发的{ $name }）出示：
consent-stays-hidden = 不会透露：{ $claims }
consent-stays-hidden-nothing = 没有任何内容被隐藏。
consent-to-issuer = 请求者就是签发方自己：它本来就认识其持有人，可能凭您出示的内容认出您。
consent-unique = 还会出示此凭证的唯一标识（{ $name }：{ $value }）：再次见到它的人会认出来。
consent-used-up = { $id } 的副本已全部用过或已过期
consent-used-up-hint = 用 `pessoa refill { $id }` 领取新副本，或用 `--credential 编号` 选择另一份凭证
consent-whole = 此格式无法隐藏任何内容：凭证将完整出示。

failure-another-secret = 签发方凭另一个钱包认识您：每人在那里只有一个秘密，这样就没有人有两个号码
failure-another-secret-hint = 用那个钱包的 24 个词恢复它：`pessoa restore 备份`，或先 `pessoa restore` 再接受此邀约；如果词已丢失，请询问签发方
failure-clock = 此设备与签发方的时钟相差太大，处于不同的周期
failure-clock-hint = 请校准此设备的时钟；若时钟正确，则是签发方的时钟有误，或有人向您出示旧列表：请告知签发方
failure-dev-hint = 如需在本机通过 http 试用，请在 { $config } 中设置 `dev = true`
failure-door-hint = 请重新扫描门口的码：它每半分钟更换一次
failure-door-outdated = 此钱包于 { $time } 得知这是谁的门；该信息有效 { $days } 天，因为丢失的密钥可以冒充这扇门
failure-door-outdated-hint = 请通过网络回答同一验证方的一次请求，或用 `--fetch-identity` 重新获取其身份
failure-door-unknown = 此钱包不知道这是谁的门
failure-door-unknown-hint = 请先通过网络回答同一验证方的一次请求，或用 `--fetch-identity` 获取其身份
failure-epochs-hint = 只向您一人出示的旧列表会使您与众不同：请稍后或换一个网络再试；若仍如此，请告知签发方
failure-issuer = 签发方没有交付
failure-link-offer-hint = 如需回答出示请求，请执行 `pessoa present <链接>`
failure-link-request-hint = 如需接受凭证邀约，请执行 `pessoa receive <链接>`
failure-mark = 签发方发来的内容与发给其他人的不同，或与其先前公布的不同：可能凭此认出您；未接受其中任何内容
failure-mark-hint = 请与他人比较签发方公布的周期说明，并告知对方
failure-network = 没有得到答复
failure-network-hint = 请检查网络和地址后重试
failure-offer = 无法接受此凭证邀约
failure-offer-code-hint = 请检查交易码后再次执行该命令（次数有限），或向签发方索取新邀约
failure-offer-new-hint = 请向签发方索取新邀约
failure-pending-hint = 签发方已授予凭证；用 `pessoa refill { $id }` 领取
failure-proxy-hint = 请检查网络、代理和地址；若代理不接受用户名，请在 { $config } 中设置 `proxy_isolation = false`
failure-refill-none-hint = 请向签发方索取新邀约，并用 `pessoa receive <链接>` 接受
failure-renew-none-hint = 请向签发方索取新邀约，并用 `pessoa receive <链接>` 接受：您的号码不变
failure-renew-refused = 签发方不更新此证书：它已被撤回，或您的证件此后已为另一设备再次出示
failure-renew-refused-hint = 请询问签发方；用 `pessoa receive <链接>` 接受新邀约，号码不变
failure-renew-unlock-hint = 请打开一次钱包，例如用 `pessoa list`：这会为接下来的八次更新做好准备
failure-request = 出示请求被拒绝
failure-sent = 答复已发出，但没有收到回音；其副本视为已用
failure-sent-hint = 请向验证方索取新请求
failure-verifier = 验证方没有接受答复；其副本视为已用
failure-wallet = 无法使用钱包

held-about = 其内容：
held-copies = 剩余一次性副本：{ $copies }
held-expired = 已过期
held-format = 格式：{ $format }
held-issuer = 签发方：{ $name }（{ $identifier }）
held-none = 钱包是空的。
held-none-next = 下一步：用 `pessoa receive <链接>` 接受邀约
held-pending = { $issuer } 已授予、尚未领取：{ $id }（用 `pessoa refill { $id }` 领取）
held-received = 收到时间：{ $time }
held-refillable = 领取新副本：`pessoa refill { $id }`
held-signed-by = 签名者：{ $signer }
held-unknown = 钱包中没有凭证 { $id }
held-unknown-hint = 用 `pessoa list` 查看编号
held-valid-until = 有效期至：{ $time }
held-without-end = 有效期至：未说明

forget-ask = 忘记{ $name }（{ $id }）及其密钥和全部副本吗？此后无法恢复。
forget-done = 已忘记{ $name }（{ $id }）。
forget-kept = 没有忘记任何内容

history-declined = 拒绝      { $verifier }
history-forgot = 忘记      { $credential }
history-none = 还没有任何记录。
history-number = 网号 { $number }
history-outcome-accepted = 已接受
history-outcome-refused = 被验证方拒绝
history-outcome-unknown = 没有回音
history-presented = 出示      { $shared }，对象 { $verifier }：{ $outcome }
history-received = 收到      { $credential }，来自 { $issuer }，一次性副本：{ $copies }
history-received-net = 收到      { $issuer } 的网络证书
history-renewed = 已更新    { $issuer } 的网络证书
history-restored = 已恢复    自 { $time } 的备份
history-restored-words = 已恢复    自 24 个词
history-two-profiles = 警告      { $issuer } 为周期 { $epoch } 出示了两份说明：此处采用 { $pinned }，拒绝了 { $refused }

init-done = 已写入 { $vault }。
init-exists = { $dir } 中已有钱包，未作改动
init-exists-hint = 用 `--dir` 选择另一个文件夹，或继续执行 `pessoa list`
init-next = 下一步：用 `pessoa receive <链接>` 接受邀约
init-restored = 种子已恢复。凭证需由签发方以新邀约重新签发。
init-words-prompt = 依次输入 24 个单词

link-none = “{ $argument }”既不是链接，也不是可读取的图片
link-none-hint = 请给出带引号的完整链接、含二维码的图片文件（PNG 或 JPEG），或用 `-` 从标准输入读取链接
link-not-offer = 此链接不提供凭证：它是出示请求
link-not-request = 此链接不请求凭证：它是凭证邀约
link-picture-many = 图片中有多个含链接的二维码
link-picture-many-hint = 请裁剪图片，只留一个二维码
link-picture-none = 图片中没有找到含链接的二维码
link-picture-none-hint = 请从正上方近距离清晰拍摄，或直接给出链接
link-picture-size = 图片过大
link-picture-size-hint = 图片最大 { $bytes } MB，每边最多 { $side } 像素
link-stdin = 标准输入中没有链接

lock-done = 已锁定：下一条命令会询问口令。

net-due = 下次更新：{ $time }，随机选定（如已安装定时器）
net-epoch = 周期：{ $epoch }
net-expired = 证书 { $id } 已过期
net-expired-hint = 用 `pessoa renew { $id }` 更新，最好在出示之前的某个时间
net-kind = 网络证书
net-not-taken = 警告：未接受 { $id } 的签发方发来的内容：{ $reason }
net-received = { $id }  { $name }，网络证书：向不同平台出示不同的号码，永不用尽
net-refused = { $time } 被拒绝更新
net-resting = 不久前才成立，在 { $time } 之前不出示：{ $claim }
net-two-profiles = 警告：{ $issuer } 向此钱包为周期 { $epoch } 出示了两份说明，可借此区分不同的人：此处采用 { $pinned }，拒绝了 { $refused }。请与验证方公布的内容（/net/profiles）比较，并告知他人。

numbers-none = 还没有平台见过您的号码。
numbers-times = 首次出示 { $first }，最近 { $last }

offer-accept = 接受吗？
offer-claims = 其内容将包括：{ $claims }
offer-code = 交易码{ $length ->
        [0] {""}
       *[other] （{ $length } 个字符）
    }：由签发方通过另一途径交给您，将发送至 { $host }。
offer-code-described = 签发方说明：“{ $description }”
offer-code-missing = 此邀约要求交易码
offer-code-missing-hint = 用 `--tx-code 交易码` 给出；签发方会通过链接以外的途径发送
offer-code-prompt = 交易码
offer-copies = { $copies ->
        [one] 一份副本，只出示一次：再次出示可能与第一次关联。
       *[other] { $copies } 份一次性副本：验证方无法借此关联两次出示；与签发方联手则可以。
    }
offer-credential = { $name }（{ $format }：{ $types }）
offer-declined = 没有接受任何内容，也没有告知签发方
offer-learns = 接受后，签发方会得知此钱包接受了邀约、时间和网络地址（`--proxy` 可隐藏后者）。除非验证方告知，它不会得知您在何处使用凭证。
offer-net = 网络证书：请求它的人只看到您在该平台独有的号码。连签发方也无法把两次出示关联起来。每个周期更新一次。
offer-offers = { $name }（其自称；地址 { $host } 是确定的）提供：
offer-received = { $id }  { $name }，一次性副本：{ $copies }
offer-received-next = 下一步：用 `pessoa show { $id }` 查看
offer-unsupported = 邀约中另有此钱包无法读取的形式：{ $ids }

passphrase-again = 再输入一次
passphrase-changed = 口令已更改。
passphrase-choose = 为钱包设置口令
passphrase-choose-advice = 请选择别处没有用过的口令：四个以上随机单词为佳。拥有此文件和口令的人即拥有您的凭证。
passphrase-empty = 口令为空
passphrase-empty-hint = 请输入口令，或将其写入文件第一行并给出 `--passphrase-file 文件`
passphrase-file = 无法从 { $path } 读取口令
passphrase-new = 新口令
passphrase-prompt = 口令
passphrase-short = 口令较短。得到此文件的人可以尝试大量口令。
passphrase-unlike = 两次输入不一致，请重新输入。
passphrase-wrong-hint = 请重试；若已遗失，用 `pessoa init --words --dir 新文件夹` 新建钱包，并向签发方索取新邀约

progress-accept = 正在接收
progress-offer = 正在查询邀约内容
progress-present = 正在发送
progress-refill = 正在领取新副本
progress-renew = 正在更新
progress-request = 正在查询谁请求什么
progress-unlock = 正在解锁

refill-ask = 向签发方领取新副本吗？
refill-declined = 没有向签发方请求任何内容
refill-done = { $id }  { $name }，一次性副本：{ $copies }
refill-learns = 这会让 { $issuer } 得知此持有人想要新副本、时间和网络地址（`--proxy` 可隐藏后者）。除非验证方告知，它不会得知副本在何处使用。

renew-already = { $issuer }：目前没有更新的可领取。
renew-ask = 现在更新吗？
renew-cron-next = 请用 `crontab -e` 把此行加入您的 crontab。
renew-done = { $issuer }：已更新到周期 { $epoch }。您的号码不变。
renew-installed = 已写入 { $timer }。
renew-installed-next = 它在您下次登录时启动；如需现在启动，请执行 `systemctl --user daemon-reload` 和 `systemctl --user start pessoa-renew.timer`。它不需要口令：钱包旁的文件让它能够更新，也因此能看到证书内容，但不能出示任何内容，也不知道您的号码。
renew-later = 收到的内容将在下次打开钱包时启用。
renew-learns = 由此 { $issuer } 会得知此持有人的钱包此刻在更新，以及网络地址（`--proxy` 可隐藏）。它不会得知您在何处出示证书。最好选在您并不打算出示证书的时候。
renew-no-place = 没有放定时器的文件夹，或不知道此程序的位置
renew-no-place-hint = 请使用 `pessoa renew --install --cron`
renew-nothing = 没有可更新的网络证书。
renew-nothing-due = 没有到期的更新。
renew-uninstalled = 定时器及为其准备的内容已删除。

restore-done = 已恢复。网络证书：{ $net }；已知网号：{ $numbers }；凭证：{ $credentials }。
restore-next = 下一步：用 `pessoa renew` 把更新绑定到此设备；用 `pessoa refill 编号` 领取一次性副本
restore-words = 这些词恢复了您的秘密，也就恢复了每个网号。证书的内容不在其中：请再次向签发方出示证件并接受其邀约，号码与从前相同。

terminal-none = 没有可用来询问的终端
terminal-none-hint = 如果同意以上内容，请加上 `--yes`

unlock-done = 已解锁至 { $until }。`pessoa lock` 可提前锁定。
unlock-duration = { $text } 不是一分钟到一天之间的时长
unlock-duration-hint = 请写成 `15m` 或 `2h`
unlock-nowhere = 没有仅属于您的内存文件夹可用来保存密钥
unlock-nowhere-hint = 请在设置了 XDG_RUNTIME_DIR 的系统上登录，或每次命令都给出口令

vault-locked-hint = 请等另一个 `pessoa` 结束后重试
vault-missing = { $dir } 中没有钱包
vault-missing-hint = 用 `pessoa init` 创建，或用 `--dir` 指明其文件夹
vault-unusable = 无法打开钱包

words-advice = 请按顺序将这 24 个单词抄在纸上并妥善保管。此机器遗失后，它们能恢复您的长期密钥；得到它们的人即得到这些密钥。它们不能代替口令。
words-again = 24 个单词，按顺序。请勿让任何人看到。
words-bad = 这不是钱包的 24 个单词
words-bad-hint = 请按顺序输入全部 24 个单词，以空格分隔
