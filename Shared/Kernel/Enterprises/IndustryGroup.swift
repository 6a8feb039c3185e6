/// The sixteen groups of industries of the size standard of 2011 (工信部联企业〔2011〕300号), in its order.
public enum IndustryGroup: String, Sendable, Hashable, Codable, CaseIterable {
    /// 农、林、牧、渔业.
    case agriculture
    /// 工业.
    case industry
    /// 建筑业.
    case construction
    /// 批发业.
    case wholesale
    /// 零售业.
    case retail
    /// 交通运输业.
    case transport
    /// 仓储业.
    case warehousing
    /// 邮政业.
    case postal
    /// 住宿业.
    case accommodation
    /// 餐饮业.
    case catering
    /// 信息传输业.
    case informationTransmission = "info_transmission"
    /// 软件和信息技术服务业.
    case softwareAndInformationTechnology = "software_it"
    /// 房地产开发经营.
    case realEstateDevelopment = "real_estate_dev"
    /// 物业管理.
    case propertyManagement = "property_mgmt"
    /// 租赁和商务服务业.
    case leasingAndBusinessServices = "leasing_business"
    /// 其他未列明行业.
    case other
}
