# 两种服务对运营者说的话。
operator-file-too-long = { $file } 超出可读取的长度（1 MiB）
operator-file-unreadable = 无法读取 { $file }
operator-hint-certificate = 参见 { $file } 中的 `[tls]` 或 { $variables }_TLS__KEY：两个文件都须为 PEM 格式，且运行服务的账户可读
operator-hint-exists = 用 `--dir` 选择另一个文件夹，或继续执行 `{ $program } serve`
operator-hint-init = 用 `{ $program } init` 创建，或用 `--dir` 指明其文件夹
operator-hint-listen = 用 { $file } 中的 `listen` 或 { $variables }_LISTEN 选择另一个地址
operator-hint-no-file = 请在 { $file } 中将 `admin_tokens` 设为一个文件名
operator-hint-token = 用 `{ $program } token list` 查看编号
operator-init-done = 已写入 { $config } 和新密钥。

    管理令牌（仅显示这一次；只保存其散列值）：
    { $token }
operator-init-next =

    下一步：{ $program } serve --dir { $dir }
operator-key-file = 密钥文件不被接受
operator-key-file-secret = 密钥文件中没有私钥
operator-pointers = `--sd` 须为由 JSON 指针组成的 JSON 数组，例如 ["/issuer", "/credentialSubject/name"]
operator-reference-id = { $file } 须有标识符：ID=FILE
operator-reference-schema = { $file } 不是可用于核对凭证的 JSON Schema
operator-result-failure = 结果为失败
operator-result-indeterminate = 不支持此项：结果无法确定
operator-result-warnings = 凭证引用的 { $count } 项内容未经核对：见结果中的 `warnings`。
operator-test-suite = 警告：`--test-suite` 接受任何密钥代表任何发行方：任何人都可以冒用任何人的名义。
operator-token-count = { $count ->
        [0] 没有令牌。
       *[other] { $count } 个令牌：
    }
operator-token-new = 令牌 { $id }（仅显示这一次；只保存其散列值）：
    { $token }
operator-token-no-file = 管理接口已关闭：未配置令牌文件
operator-token-revoked = 已吊销 { $id }。运行中的服务即刻拒绝它。
operator-token-unknown = 没有这个令牌
