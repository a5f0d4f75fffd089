resource gw 'Microsoft.Network/virtualNetworkGateways@2023-09-01' = {
  name: 'vgw'
}
