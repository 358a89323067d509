# pessoa-demo 讲述的故事。
# 以变量开头的行（及其后各行）用引号中的空格保持缩进。
demo-broken = 第 { $step } 步未能成立
demo-by-hand =
    请在另一个终端亲手试一试，用另一本样本护照（在此按 Ctrl-C 结束）：

      cargo install --path wallet-cli
      pessoa init --dev
      pessoa receive '{ $offer }' --tx-code { $code }
demo-by-hand-learned = { $platform } 得知：{ $learned }
demo-by-hand-present =
    向 { $platform } 出示，其策略为“{ $policy }”：

      pessoa present '{ $link }'
demo-by-hand-refused = { $platform } 拒绝了出示：{ $reason }
demo-by-hand-revoke =
    以签发方身份吊销；各平台会在几秒内取得新列表：

      cargo install --path issuer
      pessoa-issuer revoke --dir { $dir } --handle { $handle }
demo-compare =
    6  谁能追踪此人？
         签发方      不能。出示期间它收到的请求：{ $requests ->
                [0] 无
               *[other] { $requests }
            }
         两个平台    不能。各自得到不同的副本。双方所存内容中相同且人人相同的只有：
    { "                 " }{ $equal }
         两者合谋    能。签发方若与平台合谋，可以认出某份副本：这是兼容模式。
                     钱包在出示之前会说明这一点。
demo-doing-compare = 正在比较各方所知
demo-doing-enrol = 正在登记一个人
demo-doing-present-first = 正在向第一个平台出示
demo-doing-present-second = 正在向第二个平台出示
demo-doing-receive = 正在领取凭证
demo-doing-revoke = 正在吊销并再次出示
demo-doing-start = 正在启动一个签发方和两个平台
demo-enrol =
    2  一个人向签发方出示护照，签发方读取其机读区
    { "     " }{ $upper }
    { "     " }{ $lower }
         核对        校验位一致；改动一位数字后护照即被拒绝
         保存        编号 { $handle }；它的 { $files } 个文件中都没有姓名、号码或出生日期
demo-hint-address = 可能有另一个演示正在使用此文件夹：请停止它，或用 `--data` 选择另一个文件夹
demo-hint-defect = 这是 Pessoa 的缺陷；请用 `--data 文件夹` 保留状态，并连同 `--json` 的输出一起报告
demo-hint-machine = 请查看上面关于本机的说明，然后重新运行演示
demo-held = 每一步都成立，用时 { $seconds } 秒。
demo-held-kept = 各方的全部数据都在 { $dir }。
demo-held-meanwhile = 结束时会删除各方的全部数据。
demo-held-passing = 各方的全部数据都已删除。
demo-next = 下一步：用 `pessoa-demo --serve` 亲手试一试
demo-present =
    { $step }  { $platform } 提出请求；钱包说明谁在请求、请求什么；本人同意
    { "     " }请求者      { $did }，请求由其签名
    { "     " }得知        { $learned }
    { "     " }未透露      { $hidden }
demo-receive =
    3  钱包凭交易码接受邀约，并把所得封存于保险库
         收到        { $credentials }
         副本        每份只用一次，各绑定一把不离开保险库的密钥
demo-revoke =
    7  签发方吊销 { $handle }：{ $copies } 份副本，写入新签名的状态列表
    { "     " }{ $platform }       拒绝了下一次出示：凭证已被吊销
demo-start =
    1  一个签发方和两个平台启动，各有自己的地址、密钥和数据库
         签发方      { $issuer }   Utopia Registry
         平台        { $first-url }   { $first }，其策略为“{ $first-policy }”
         平台        { $second-url }   { $second }，其策略为“{ $second-policy }”
demo-stopped = 故事尚未结束即被停止
demo-title = 一本护照，两个平台：谁得知了什么。全部在本机上，经由 HTTP。
