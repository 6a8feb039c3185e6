import Messages
public import Messaging

extension Contents where Rows: HoldsAccess {
    /// The same table of contents, which judges officers and reviewers by the offices of this installation.
    public func judging(by rule: OfficeRule) -> Contents {
        preparing { [keepsOffices = service == OfficeAppointed.type.service] rows in
            rows.access.offices.rule = rule
            rows.access.keepsOffices = keepsOffices
        }
    }
}
