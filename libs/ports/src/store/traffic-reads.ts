/** What calls of the last weeks say about the calls to come. */
export interface TrafficReads {
  /**
   * The most live calls that were in progress at once through an account in the last days, over all of the tenant's deployments that use
   * it; 0 without calls. Calls whose end was never reported count as an hour at the most.
   */
  busiestCalls(tenantId: string, connectionId: string, days: number): Promise<number>;
}
