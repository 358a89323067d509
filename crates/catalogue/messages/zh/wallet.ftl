# pessoa 对持有人说的话。
consent-agree = 同意出示吗？
consent-none-left = 此凭证已没有未用过的副本。领取新副本会让签发方知道您用过它；未经您同意，任何副本都不会重复使用。
consent-received = 已从 { $issuer } 收到 { $count } 份凭证。
consent-stays-hidden = 不会透露
consent-unauthenticated = 此请求没有签名，任何人都可能是它的作者。
consent-would-share = 将会出示
