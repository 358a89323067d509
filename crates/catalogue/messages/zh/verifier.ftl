# pessoa-verifier 对操作员和网页上说的话。
verifier-account-blocked = 自 { $day } 起被封锁
verifier-accounts-count = { $count ->
        [0] 没有账户。
       *[other] { $count } 个账户：
    }
verifier-cannot-open = 无法打开验证方
verifier-check-fresh = 有效：针对此门刚才显示的二维码作出。
verifier-check-replayable = 可重放：内容属实，但任何持有其照片的人都可再次出示。
verifier-door-printed = 供打印的二维码。任何看到其应答的人都可再次出示该应答。
verifier-door-until = 门的二维码，有效至 { $until }：
verifier-failure-blocked = 该号码已在此被封锁
verifier-failure-credential = 无法验证该凭证
verifier-failure-declined = 持有人已拒绝
verifier-failure-expired = 无人在有效期内作答
verifier-failure-issuer = 凭证来自该策略不信任的签发方
verifier-failure-message = 签发方对该凭证声明了该策略不接受的消息
verifier-failure-not-an-answer = 所出示的内容不符合请求
verifier-failure-revoked = 签发方已吊销该凭证
verifier-failure-status = 签发方未公布该凭证的状态
verifier-failure-suspended = 签发方已暂停该凭证
verifier-failure-wallet = 钱包出错或违反了协议
verifier-hint-accounts = 用 `pessoa-verifier accounts list` 查看号码
verifier-hint-admin-token = 请给出 `init` 显示的令牌，或用 `pessoa-verifier token new` 生成一个
verifier-hint-again = 用 `pessoa-verifier request` 重新请求；结果只给出一次
verifier-hint-epochs = 在联网运行 `pessoa-verifier serve` 时获取各周期
verifier-hint-https-issuer = 请指明信任的签发方：--trust-issuer https://id.example.org
verifier-hint-issuer = 请给出 https://id.example.org 或 did:web:id.example.org 这样的地址；其他签发方可在 verifier.toml 中添加
verifier-hint-not-answered = 持有人作答期间 `pessoa-verifier serve` 必须在运行；届时再试
verifier-hint-number = 您是指 { $number } 吗？
verifier-hint-policies = 用 `pessoa-verifier policies` 查看名称
verifier-hint-response-code = 请给出 `--response-code`，取自钱包将浏览器带往的地址
verifier-hint-return = 请在 verifier.toml 中为该策略设置 `return_url`
verifier-hint-serve = `pessoa-verifier serve` 必须正在运行
verifier-not-refreshed = 未获取：{ $what }
verifier-policies-count = { $count ->
        [0] 没有策略。
       *[other] { $count } 项策略：
    }
verifier-policies-next = 下一步：pessoa-verifier request --policy 名称 --wait
verifier-refreshed = 已获取 { $lists ->
       *[other] { $lists } 个状态列表
    }；{ $profiles ->
        [0] 没有已知的周期配置。
       *[other] 已知 { $profiles } 个周期配置。
    }
verifier-request-link = 请求，有效期至 { $until }：
verifier-request-next =

    下一步：在 `pessoa-verifier serve` 运行期间，持有人执行 `pessoa present <链接>` 或扫描二维码；
          然后：pessoa-verifier result { $id } --token 令牌
verifier-request-token = 请求 { $id }，结果令牌：{ $token }
verifier-request-waiting =

    正在等待持有人：在 `pessoa-verifier serve` 运行期间执行 `pessoa present <链接>` 或扫描二维码。按 Ctrl-C 停止。
verifier-result-credential = { $type }，由 { $issuer } 签发：
verifier-result-first-visit = 首次来访
verifier-result-message = 签发方声明：{ $message }（{ $status }）
verifier-result-message-unknown = 签发方可让它声明一条消息，但手头没有相应的列表
verifier-result-number = 网络号码：{ $number }
verifier-result-superseded = 来自即将被替换的周期
verifier-result-unjudged = 未核对（此处未配置）：{ $id }
verifier-serving = 正在 { $address } 上提供 { $url }（{ $did }）。按 Ctrl-C 停止。
