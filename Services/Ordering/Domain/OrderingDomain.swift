/// What `ordering` decides: pure, no clock, no input or output.
public enum OrderingDomain {}
