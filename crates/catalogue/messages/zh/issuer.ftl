# pessoa-issuer 对运营者和在其页面上说的话。
issuer-cannot-open = 无法打开签发方
issuer-document-missing = 未提供证件
issuer-document-refused = 证件不被接受
issuer-document-unreadable = 无法读取证件
issuer-enrol-again = 此前已登记，编号 { $handle }。本邀约取代上一份；此前签发的凭证在到期或被吊销前仍然有效。
issuer-enrol-anchored = 此人已有网络身份凭证：只有使用相同24个单词的钱包才能兑现本邀约，其号码保持不变。若没有该钱包：请用24个单词和备份文件恢复，或用24个单词和本邀约恢复。
issuer-enrol-code = 交易码：{ $code }（请通过链接以外的途径交给本人）
issuer-enrol-done = 已登记，编号 { $handle }。
issuer-enrol-next = 下一步：在 `pessoa-issuer serve` 运行期间，本人执行 `pessoa receive <链接>` 或扫描二维码
issuer-enrol-offer = 邀约，有效期至 { $until }：
issuer-hint-alike = 请当面核对：若即为已登记者，加上 `--same-as 编号`；若确为另一人，加上 `--different-person`
issuer-hint-document = 请给出 `--mrz 文件`（护照页底部的两行）或 `--record 文件`（JSON）；`-` 表示标准输入；参见 `pessoa-issuer enrol --help`
issuer-hint-list = 用 `pessoa-issuer list` 查看编号
issuer-hint-mechanism = 可用的机制：{ $names }
issuer-hint-messages = 代码是 issuer.toml 中 `[status]` 的 `messages` 里各文字的位置，从 0 起
issuer-hint-publish = 请使状态文件夹可写；运行中的服务会在几秒内发布列表，`pessoa-issuer serve` 启动时也会发布
issuer-hint-revoke = 请给出 `--handle 编号`（参见 `pessoa-issuer list`），或用 `--mrz 文件`、`--record 文件` 给出证件；`-` 表示标准输入
issuer-key-made = 已写入 { $file }，只有您可读取。它以此身份签发：
    { $did }
issuer-keys-added = 已生成 { $keys }。
issuer-keys-complete = 没有缺少的密钥。
issuer-keys-copy = 请把它们复制到签发方每台机器的密钥文件夹以及密钥的备份中，然后在每台机器上重新启动服务。
issuer-keys-next = 请在新密钥启用之前，把 { $key } 复制到签发方每台机器的密钥文件夹以及密钥的备份中，然后在每台机器上重新启动服务。
issuer-keys-rotated = 已生成 { $key }。自 { $from } 起使用；用先前密钥生成的内容可读至 { $until }。
issuer-list-copies = { $count } 份副本
issuer-list-count = { $count ->
        [0] 没有登记。
       *[other] { $count } 项登记：
    }
issuer-list-next = 下一步：用 `pessoa-issuer enrol --mrz 文件` 登记
issuer-mechanism-unknown = 此处不认识该机制，或该机制不能签发
issuer-message-done = { $handle } 的状态消息：{ $message }。{ $copies ->
        [0] 没有可携带该消息的未过期副本。
       *[other] { $copies } 份副本已在状态列表中标明，列表已发布。
    }
issuer-message-silent = { $copies } 份副本无法携带该消息：它们是 SD-JWT VC，或在设立该消息之前签发。
issuer-resume-already = { $handle } 未被暂停。
issuer-resume-done = 已恢复 { $handle }。{ $copies ->
        [0] 它没有未到期的副本。
       *[other] { $copies } 份副本按状态列表重新有效，列表已发布。
    }
issuer-revoke-already = { $handle } 此前已被吊销。
issuer-revoke-done = 已吊销 { $handle }。{ $copies ->
        [0] 它没有未到期的副本。
       *[other] { $copies } 份副本已标入状态列表，列表已发布。
    }
issuer-revoke-net = 网络身份凭证不再续签，但无法收回：钱包中已有的最迟到 { $until } 失效。
issuer-revoke-next = 验证方取得新列表后即会拒绝这些副本。
issuer-scrub-done = 已删除或已替换的内容不再留在数据库文件中。
issuer-scrub-later = 在运行 `pessoa-issuer scrub`（宜在空闲时段）之前，数据库文件中可能仍留有已删除内容的副本。
issuer-scrub-vacuum = PostgreSQL 会保留已删除的内容直至清理：请在空闲时段于该处运行 `VACUUM (FULL) records`；其预写日志和备份在保存期内仍含这些内容。
issuer-serving = 正在 { $address } 上提供 { $url }。按 Ctrl-C 停止。
issuer-suspend-already = { $handle } 此前已被暂停。
issuer-suspend-done = 已暂停 { $handle }。{ $copies ->
        [0] 它没有未到期的副本。
       *[other] { $copies } 份副本已标入状态列表，列表已发布。
    }
issuer-suspend-next = 验证方取得新列表后即照此处理。
issuer-tags-next = 请把新密钥复制到签发方每台机器的密钥文件夹以及密钥的备份中。在此之前，该机器不能登记任何人。
issuer-tags-rotated = 已用 { $key } 重新封装 { $tags } 个标签。
issuer-withdraw-already = { $handle } 此前已退出。此人自 { $until } 起可以重新登记。
issuer-withdraw-done = { $handle } 已退出。此人自 { $until } 起可以重新登记。
issuer-withdraw-next = 重新登记者须用钱包的备份文件证明同一锚点：请嘱其妥善保存。
