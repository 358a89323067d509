# pessoa-demo 讲述的故事。
# 以变量开头的行（及其后各行）用引号中的空格保持缩进。
demo-block =
    7  { $platform } 封禁它所见的号码
    { "     " }{ $platform }       拒绝了它；之后又予以解封
    { "     " }{ $first }      毫无察觉：它有另一个号码，没有人能由前者推出
demo-broken = 第 { $step } 步未能成立
demo-by-hand =
    请在另一个终端亲手试一试，用另一本样本护照（在此按 Ctrl-C 结束）：

      cargo install --path wallet-cli
      pessoa init --dev
      pessoa receive '{ $offer }' --tx-code { $code }
demo-by-hand-keep =
    查看您的号码、更新凭证，并用 24 个单词迁移到新设备：

      pessoa numbers
      pessoa renew
      pessoa backup pessoa.backup
      pessoa restore --dev --dir new-device pessoa.backup
demo-by-hand-learned = { $platform } 得知：{ $learned }
demo-by-hand-number = { $platform } 看到网络号码 { $number }
demo-by-hand-present =
    向 { $platform } 出示，其策略为“{ $policy }”：

      pessoa present '{ $link }'
demo-by-hand-refused = { $platform } 拒绝了出示：{ $reason }
demo-by-hand-revoke =
    以签发方身份吊销。副本在几秒内即被拒绝；网络身份凭证随其周期结束：

      cargo install --path issuer
      pessoa-issuer revoke --dir { $dir } --handle { $handle }
demo-compare =
    10 谁能追踪此人？共有 { $presentations } 次出示，包括被拒绝的
         签发方      单独不能。其间它收到的请求：{ $requests ->
                [0] 无
               *[other] { $requests }
            }
         两个平台    合谋不能。双方所存内容中相同且人人相同的只有：
    { "                 " }{ $equal }
         三方合谋    对网络身份凭证不能：平台所有的只是一个号码和一份证明。
                     对一次性副本则能；钱包在出示之前会说明这一点
demo-doing-block = 正在封禁一个号码
demo-doing-compare = 正在比较各方所知
demo-doing-enrol = 正在登记一个人
demo-doing-log-in = 正在登录两个平台
demo-doing-receive = 正在领取凭证
demo-doing-renew = 正在拨动时钟并更新
demo-doing-restore = 正在新设备上恢复
demo-doing-revoke = 正在吊销并拨动时钟
demo-doing-second-wallet = 正在尝试第二个钱包
demo-doing-start = 正在启动一个签发方和两个平台
demo-enrol =
    2  一个人向签发方出示护照，签发方读取其机读区
    { "     " }{ $upper }
    { "     " }{ $lower }
         核对        校验位一致；改动一位数字后护照即被拒绝
         保存        编号 { $handle }；它的 { $files } 个文件中都没有姓名、号码或出生日期
demo-held = 每一步都成立，用时 { $seconds } 秒。
demo-held-kept = 各方的全部数据都在 { $dir }。
demo-held-meanwhile = 结束时会删除各方的全部数据。
demo-held-passing = 各方的全部数据都已删除。
demo-hint-address = 可能有另一个演示正在使用此文件夹：请停止它，或用 `--data` 选择另一个文件夹
demo-hint-defect = 这是 Pessoa 的缺陷；请用 `--data 文件夹` 保留状态，并连同 `--json` 的输出一起报告
demo-hint-machine = 请查看上面关于本机的说明，然后重新运行演示
demo-log-in =
    4  两个平台要求证明年龄和网络号码；本人同意钱包所显示的内容
    { "     " }{ $first }       { $first-number }   { $learned }
    { "     " }{ $second }      { $second-number }   { $learned }
    { "     " }未透露      { $hidden }
    { "     " }{ $first }       第二次访问：号码相同，账户也相同
demo-next = 下一步：用 `pessoa-demo --serve` 亲手试一试
demo-receive =
    3  钱包凭交易码接受邀约，并把所得封存于保险库
    { "     " }收到        { $net }，用于周期 { $epoch } 和 { $newest }，盲签而成：秘密不离开钱包
         供其他各方  { $credentials }
demo-renew =
    8  演示在全部数据的副本上把时钟拨到 { $now }：周期 { $epoch } 已开始
         更新        至周期 { $newest }，凭钱包持有的票据
    { "     " }{ $first }       在新周期中号码相同
    { "     " }{ $second }      在新周期中号码相同
demo-restore =
    6  设备丢失。新设备有那 { $words } 个单词，以及只有它们能打开的备份
    { "     " }{ $first }       号码相同；{ $second } 也一样。票据已绑定到新设备
demo-revoke =
    9  签发方吊销 { $handle }：{ $copies } 份副本，写入新签名的状态列表
    { "     " }{ $first }       立即拒绝了下一份副本：凭证已被吊销
         更新        被拒绝。网络身份凭证在最后一个周期结束前有效：{ $second } 仍予放行
         结束        { $ended }：时钟再次拨动之后，钱包再无有效凭证可发送
demo-second-wallet =
    5  同一本护照再次出示，用于第二个钱包
         被拒绝      一个人在签发方处只有一个秘密；因此没有人在一个平台有两个号码
demo-start =
    1  一个签发方和两个平台启动，各有自己的地址、密钥和数据库
         签发方      { $issuer }   Utopia Registry
         平台        { $first-did }   { $first }
    { "                 " }{ $second-did }   { $second }
demo-stopped = 故事尚未结束即被停止
demo-title = 一本护照，两个平台，两个号码：谁得知了什么。全部在本机上，经由 HTTP。
