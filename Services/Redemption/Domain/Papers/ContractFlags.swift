import Kernel
import Messages
import Programme

extension Redemption {
    /// What a reviewer should look at in the contract as it is recorded: several units, a dispute, a record that is not the one the papers were
    /// checked against.
    var contractFlags: [RedemptionFlag] {
        var flags: [RedemptionFlag] = []
        if let quantity = order.contract?.quantity, quantity > 1 {
            flags.append(
                RedemptionFlag(
                    kind: "quantity",
                    text: LocalisedText(
                        zh: "合同数量为 \(quantity) 个计价单位，请核对合同约定的数量和单价。",
                        en: "The contract is about \(quantity) units; compare quantity and price with the contract.")))
        }
        if order.contractDispute != nil {
            flags.append(
                RedemptionFlag(
                    kind: "contract-disputed",
                    text: LocalisedText(
                        zh: "企业对登记的合同提出异议；服务机构重新登记前不能继续。",
                        en: "The enterprise disputes the contract as recorded; nothing goes on until the institution records it again.")))
        } else if isContractChanged {
            flags.append(
                RedemptionFlag(
                    kind: "contract-changed",
                    text: LocalisedText(
                        zh: "材料核对之后，合同登记又有变更；须退回补正后重新核对。",
                        en: "The contract was recorded anew after the papers were checked; they must be mended and checked again.")))
        }
        return flags
    }
}

extension Deciding {
    /// Refuses an application about a contract that the enterprise disputes (QUAN-38).
    func mustNotBeDisputed(_ redemption: Redemption, at step: Step) throws(Refusal) {
        guard redemption.order.contractDispute != nil else { return }
        throw PlatformRule.enterpriseNotConfirmed.refusal(under: step.citation).comparing("state", redemption.order.state, .code)
    }
}
