//! The kinds of contacts, and what rules and messages call them.

use std::str::FromStr;

use dianjian_base::lang::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a contact leads to, or how it invites. Rules name these in kebab case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ContactKind {
    /// A mobile number of mainland China.
    Phone,
    /// A landline number with its area code.
    Landline,
    /// A 400 or 800 service number.
    #[serde(rename = "hotline-400")]
    Hotline400,
    /// A WeChat id after a word that says so.
    WechatId,
    /// An invitation to add somebody on WeChat or to join a group: 加V, 加薇, 扫码进群.
    WechatInvite,
    /// The same for 企业微信.
    Wecom,
    /// A QQ number, or an invitation to QQ.
    Qq,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A link to a mini-program, or a mini-program code.
    MiniProgramLink,
    /// An account, a search or a code on another platform.
    OtherPlatform,
    /// A hint at where the contact is found: 看主页, 图二暗号.
    ProfileHint,
    /// An invitation to a private talk or to exchange numbers: 私信我, 留个电话.
    PrivateChat,
    /// A bank card or account to pay to, after or beside words of banks.
    BankAccount,
    /// An invitation to pay somebody directly: 转到我卡上.
    PrivatePayment,
    /// Talk of a place or a circle where contacts may be found, such as 杯子上那串: no more than a hint.
    PlaceHint,
}

impl ContactKind {
    /// Every kind, in the order in which messages list them.
    pub const ALL: [Self; 16] = [
        Self::Phone,
        Self::Landline,
        Self::Hotline400,
        Self::WechatId,
        Self::WechatInvite,
        Self::Wecom,
        Self::Qq,
        Self::Email,
        Self::Url,
        Self::MiniProgramLink,
        Self::OtherPlatform,
        Self::ProfileHint,
        Self::PrivateChat,
        Self::BankAccount,
        Self::PrivatePayment,
        Self::PlaceHint,
    ];

    /// What rules call it, then what messages call it in both languages.
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Phone => ("phone", "手机号", "mobile number"),
            Self::Landline => ("landline", "座机号", "landline number"),
            Self::Hotline400 => ("hotline-400", "400/800 电话", "400/800 number"),
            Self::WechatId => ("wechat-id", "微信号", "WeChat id"),
            Self::WechatInvite => ("wechat-invite", "加微信或进群的邀请", "invitation to WeChat"),
            Self::Wecom => ("wecom", "企业微信", "WeCom contact"),
            Self::Qq => ("qq", "QQ", "QQ contact"),
            Self::Email => ("email", "邮箱", "e-mail address"),
            Self::Url => ("url", "网址", "web address"),
            Self::MiniProgramLink => ("mini-program-link", "小程序链接", "mini-program link"),
            Self::OtherPlatform => ("other-platform", "其他平台的账号或口令", "account or code of another platform"),
            Self::ProfileHint => ("profile-hint", "暗示联系方式所在的话", "hint at where to find a contact"),
            Self::PrivateChat => ("private-chat", "私聊或留号码的邀请", "invitation to a private talk"),
            Self::BankAccount => ("bank-account", "银行卡号或账号", "bank account"),
            Self::PrivatePayment => ("private-payment", "场外付款的邀请", "invitation to pay outside the platform"),
            Self::PlaceHint => {
                ("place-hint", "可能暗示联系方式在哪里的话", "talk that may hint at a place of contacts")
            }
        }
    }

    /// What rules call it: `wechat-invite`.
    pub const fn as_str(self) -> &'static str {
        self.names().0
    }

    /// What messages call it.
    pub fn title(self) -> Text {
        let (_, zh, en) = self.names();
        Text::new(zh, en)
    }
}

/// Not a kind of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of contact")]
pub struct UnknownContactKind;

impl FromStr for ContactKind {
    type Err = UnknownContactKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownContactKind)
    }
}
