/// The texts of the rules about requests.
extension PlatformRuleText {
    static let earlierMessageSetAside = PlatformRuleText(
        "earlier-message-set-aside",
        zh: "同一对象的上一条请求出现异常，正等待运维人员处理，暂不受理新请求。",
        en: "An earlier request for the same object failed and waits for an operator; further requests are refused until then.",
        remedyZh: "请联系平台运维人员；处理后用新的幂等键重新提交。",
        remedyEn: "Contact the platform's operator; when it is resolved, submit again with a new idempotency key.")
    static let tooManyRequests = PlatformRuleText(
        "too-many-requests",
        zh: "请求或上传过于频繁，已达到单个用户的上限。",
        en: "The rate limit for requests or uploads is exceeded.",
        remedyZh: "请按 Retry-After 给出的秒数等待后再试。",
        remedyEn: "Wait for the number of seconds in Retry-After, then repeat the request.")
    static let methodNotAllowed = PlatformRuleText(
        "method-not-allowed",
        zh: "该地址不支持此请求方法。",
        en: "This address does not support this method.",
        remedyZh: "请改用 Allow 头列出的方法。",
        remedyEn: "Use a method listed in the Allow header.")
    static let sameParty = PlatformRuleText(
        "same-party",
        zh: "下单企业与服务机构是同一单位，不能下单。",
        en: "The enterprise and the institution are the same organisation, which cannot order from itself.",
        remedyZh: "请选择其他服务机构的产品。",
        remedyEn: "Choose a product of another institution.")
}
