//! What findings about texts are called, in both languages.

use std::str::FromStr;

use super::{ContactKind, LicenceError};
use dianjian_base::lang::{Lang, Localized, Text};

impl ContactKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
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
    ];

    /// As rules write it, with its names in both languages.
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
        }
    }

    /// As rules write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.names().0
    }

    /// As messages call it.
    #[must_use]
    pub fn title(self) -> Text {
        let (_, zh, en) = self.names();
        Text { zh: zh.to_owned(), en: en.to_owned() }
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

impl Localized for LicenceError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Empty => "代码是空的".to_owned(),
            Self::Length { found } => format!("统一社会信用代码应为 18 位，这里是 {found} 位"),
            Self::Character { index, found, suggestion } => {
                let position = index + 1;
                let meant = suggestion.map(|meant| format!("，可能是“{meant}”的误写")).unwrap_or_default();
                format!("第 {position} 位不能是“{found}”{meant}")
            }
            Self::CheckDigit { expected, found } => {
                format!("校验位应为“{expected}”，这里是“{found}”，说明代码里有一位写错了")
            }
            Self::OldRegistrationNumber { .. } => "这是 2015 年以前的 15 位工商注册号，不是统一社会信用代码".to_owned(),
            Self::ScientificNotation => "代码被电子表格变成了数字，后几位已经丢失".to_owned(),
            Self::Rounded => "代码的后三位被电子表格变成了零".to_owned(),
        }
    }

    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }
}
