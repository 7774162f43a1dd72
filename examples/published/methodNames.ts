/** The methods of Adebayo 2018 that are compared, as tables call them. */
export const methodNames = [
  'gradient',
  'guided',
  'deconvnet',
  'integratedGradients',
  'smoothGrad',
  'gradCam',
  'guidedGradCam',
] as const;

export type MethodName = (typeof methodNames)[number];
